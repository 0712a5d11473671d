"""An unknown protocol: a rule's parts lie in three segments, of which the middle one comes last; and beyond the depth."""
import sys

sys.path.insert(0, '..')
from conversation import Conversation, write  # noqa: E402

HEAD, MIDDLE, TAIL = b'\x90\x91device=PHO', b'NE-A1;imei', b'=490154203237518;'

talk = Conversation(server_port=9000).opens()
talk.phone_says(HEAD).phone_says(MIDDLE).phone_says(TAIL)
talk.packets[-2], talk.packets[-1] = talk.packets[-1], talk.packets[-2]
for _ in range(1049):  # past 1 MiB
    talk.phone_says(b'\x95' * 1000)
talk.phone_says(b'too-late')
write(sys.argv[1], talk.packets)
