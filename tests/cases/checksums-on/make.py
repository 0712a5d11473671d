"""Two look-ups; a bit of the first one's UDP checksum is wrong."""
import sys

sys.path.insert(0, '..')
import capture_file  # noqa: E402
from lookup import ethernet, question  # noqa: E402

CHECKSUM = 14 + 20 + 6  # behind Ethernet, IPv4 without options, and three fields of UDP
wrong = bytearray(ethernet(question('wrong.example')))
wrong[CHECKSUM] ^= 0x10
capture_file.write(sys.argv[1], capture_file.pcap([bytes(wrong), ethernet(question('right.example', port=40002))]))
