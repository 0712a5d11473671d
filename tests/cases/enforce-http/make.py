"""Two phones' requests, packet by packet in turn: the first one's host is listed, the second one's is not."""
import sys

sys.path.insert(0, '..')
from conversation import Conversation, write  # noqa: E402


def request(host, port):
    talk = Conversation(phone_port=port, server_port=80).opens()
    talk.phone_says(f'GET / HTTP/1.1\r\nHost: {host}\r\n\r\n'.encode())
    return talk.server_says(b'HTTP/1.1 204 No Content\r\n\r\n').closes().packets


# packets 1, 3, 5: the listed one's TCP handshake; 7: its request; 9, 11, 13, 15: the rest of it
write(sys.argv[1], [packet for pair in zip(request('a.telemetry.example', 40001), request('www.example.org', 40002))
                    for packet in pair])
