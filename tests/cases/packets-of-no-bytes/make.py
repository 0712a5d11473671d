"""Three packets of no bytes and one look-up."""
import sys

sys.path.insert(0, '..')
import capture_file  # noqa: E402
from lookup import ethernet, question  # noqa: E402

capture_file.write(sys.argv[1], capture_file.pcap([b'', b'', ethernet(question('one.example')), b'']))
