"""A phone's connectivity check, the request cut after eleven bytes, and the answer."""
import sys

sys.path.insert(0, '..')
from conversation import Conversation, write  # noqa: E402

REQUEST = (b'GET /generate_204?x=1 HTTP/1.1\r\nHost: Connect.example.org\r\n'
           b'User-Agent: Dalvik/2.1.0 (Linux; U; Android 11)\r\nConnection: close\r\n\r\n')
talk = Conversation(server_port=80).opens().phone_says(REQUEST[:11]).phone_says(REQUEST[11:])
write(sys.argv[1], talk.server_says(b'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n').closes().packets)
