"""Twenty phones, their packets interleaved: each looks a listed name up, then opens TLS to it."""
import sys

sys.path.insert(0, '..')
from scapy.layers.l2 import Ether  # noqa: E402

from client_hello import client_hello  # noqa: E402
from conversation import Conversation, write  # noqa: E402
from lookup import ethernet, question  # noqa: E402

phones = []
for n in range(20):
    talk = Conversation(phone=f'10.0.0.{n + 2}', phone_port=41000 + n).opens()
    talk.phone_says(client_hello(f'phone-{n}.telemetry.example')).closes()
    phones.append([Ether(ethernet(question(f'phone-{n}.telemetry.example', phone=f'10.0.0.{n + 2}'))), *talk.packets])
write(sys.argv[1], [packet for turn in zip(*phones) for packet in turn])
