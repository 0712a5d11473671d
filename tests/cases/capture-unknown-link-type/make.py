"""Three look-ups under LINKTYPE_USER0, of which nothing can be known."""
import sys

sys.path.insert(0, '..')
import capture_file  # noqa: E402
from lookup import USER0, ethernet, question  # noqa: E402

capture_file.write(sys.argv[1], capture_file.pcap([ethernet(question('one.example'))] * 3, USER0))
