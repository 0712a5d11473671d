"""make.py [WORD] OUT.pcap: a phone opens its push connection and both sides go on under encryption; or, by the word,
`server-only` what the server says alone, `broken` the phone's first frame with one byte altered."""
import sys

sys.path[:0] = ['..', '../../lab']
from conversation import Conversation, write  # noqa: E402
import xiaomi_push  # noqa: E402

words = sys.argv[1:-1]
talk = Conversation(server_port=5222)
hello = xiaomi_push.hello(xiaomi_push.Phone())
if words == ['server-only']:
    talk.server_says(xiaomi_push.answer()).server_says(xiaomi_push.encrypted('bound', 420))
elif words == ['broken']:
    talk.opens().phone_says(hello.replace(b'PHONE', b'PH0NE')).closes()
else:
    talk.opens().phone_says(hello).server_says(xiaomi_push.answer())
    talk.phone_says(xiaomi_push.encrypted('bind', 180)).server_says(xiaomi_push.encrypted('bound', 420))
    talk.phone_says(xiaomi_push.keep_alive()).closes()
write(sys.argv[-1], talk.packets)
