"""A request whose target is written in many ways, and an answer that gzip made."""
import gzip
import sys

sys.path.insert(0, '..')
from conversation import Conversation, write  # noqa: E402

REQUEST = (b'GET //x/..\\%75p%20load?id=%37 HTTP/1.1\r\nHost: api.example.org\r\nUser-Agent: phone\r\n'
           b'X-Device: A1\r\n\r\n')
BODY = gzip.compress(b'the remote content list', mtime=0)
RESPONSE = (b'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nSet-Cookie: session=1\r\nSet-Cookie: lang=de\r\n'
            b'Connection: close\r\nContent-Length: %d\r\n\r\n' % len(BODY)) + BODY

talk = Conversation(server_port=80).opens().phone_says(REQUEST).server_says(RESPONSE)
write(sys.argv[1], talk.closes().packets)
