"""A look-up of a listed name: sys.argv[1] says between which two addresses, and whether the capture names interfaces."""
import sys

sys.path.insert(0, '..')
import capture_file  # noqa: E402
import pcapng  # noqa: E402
from lookup import ethernet, question  # noqa: E402

what, path = sys.argv[1:]
phone, resolver = {'private': ('10.1.0.2', '10.2.0.53'), 'public': ('203.0.113.9', '198.51.100.53'),
                   'interfaces': ('10.1.0.2', '10.2.0.53')}[what]
frames = [ethernet(question('a.telemetry.example', phone=phone, resolver=resolver))]
if what == 'interfaces':  # it came in on the first of two
    capture_file.write(path, pcapng.section() + pcapng.interface(1, 'lan0') + pcapng.interface(1, 'wan0')
                       + pcapng.packet(0, frames[0]), frames)
else:
    capture_file.write(path, capture_file.pcap(frames))
