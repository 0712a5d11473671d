"""Two phones, each looks a name of its maker up."""
import sys

sys.path.insert(0, '..')
import capture_file  # noqa: E402
from lookup import ethernet, question  # noqa: E402

capture_file.write(sys.argv[1], capture_file.pcap([
    ethernet(question('metrics.apple.example', phone='10.0.0.2')),
    ethernet(question('metrics.xiaomi.example', phone='10.0.0.3'))]))
