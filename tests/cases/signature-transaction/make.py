"""Three requests of one connection; what one rule looks for beside the second's path comes with the third, another's
with the second itself, and a third rule's beside the status of an answer."""
import sys

sys.path.insert(0, '..')
from conversation import Conversation, write  # noqa: E402

talk = Conversation(server_port=80).opens()
for path, agent in (b'/one', b'a'), (b'/two', b'beside'), (b'/three', b'later'):
    talk.phone_says(b'GET ' + path + b' HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: ' + agent + b'\r\n\r\n')
    talk.server_says(b'HTTP/1.1 204 No Content\r\n\r\n')
write(sys.argv[1], talk.closes().packets)
