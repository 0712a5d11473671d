"""Requests of five packets each: TCP's three, the request, the answer. The 1st, 5th and 7th are to listed URLs."""
import sys

sys.path.insert(0, '..')
from conversation import Conversation, write  # noqa: E402


def request(number, target, host, port=80):
    talk = Conversation(phone_port=40000 + number, server_port=port).opens()
    talk.phone_says(f'GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n'.encode())
    return talk.server_says(b'HTTP/1.1 204 No Content\r\n\r\n').packets


write(sys.argv[1], request(1, '/in/gate%2Ephp?id=1', 'Gate.Example')
      + request(2, '/in/other.php', 'gate.example')
      + request(3, '/in/gate.php', 'www.gate.example')
      + request(5, '/x/y', 'folder.example')
      + request(4, '/x/y', 'folder.example', 8080)
      + request(7, '/', 'www.example.org')
      + request(6, '/any', '198.51.100.7'))
