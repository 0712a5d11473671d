"""Two requests of one connection; what their user agents say is what rules capture."""
import sys

sys.path.insert(0, '..')
from conversation import Conversation, write  # noqa: E402

talk = Conversation(server_port=80).opens()
for agent in b'Phone/5.0', b'Tablet/12.25', b'no version', b'Huge/' + b'9' * 300:
    talk.phone_says(b'GET / HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: ' + agent + b'\r\n\r\n')
    talk.server_says(b'HTTP/1.1 204 No Content\r\n\r\n')
write(sys.argv[1], talk.closes().packets)
