"""Three look-ups; the file ends inside the third: sys.argv[1] says in which container, and where."""
import gzip
import sys
import zlib

sys.path.insert(0, '..')
import capture_file  # noqa: E402
import pcapng  # noqa: E402
from lookup import ethernet, question  # noqa: E402

what, path = sys.argv[1:]
frames = [ethernet(question(name)) for name in ('one.example', 'two.example', 'three.example')]
if what == 'pcap-packet':
    content = capture_file.pcap(frames)[:-5]
elif what == 'pcap-header':
    content = capture_file.pcap(frames)[:-len(frames[2]) - 3]
elif what == 'pcapng':
    content = pcapng.section() + pcapng.interface(1) + b''.join(pcapng.packet(0, f) for f in frames)
    content = content[:-5]
elif what == 'gzip':
    # What is flushed can be unpacked without what follows (RFC 1951 section 3.2.4), so two packets are there for sure.
    packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    content = packer.compress(capture_file.pcap(frames[:2])) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = packer.compress(capture_file.record(frames[2])) + packer.flush()
    content += rest[:4]
elif what == 'gzip-whole':
    content = gzip.compress(capture_file.pcap(frames))
else:
    sys.exit(f'what is {what}?')
capture_file.write(path, content, frames if what == 'gzip-whole' else frames[:2])
