"""One look-up on each of six interfaces, each of another link type."""
import sys

sys.path.insert(0, '..')
import capture_file  # noqa: E402
import pcapng  # noqa: E402
from lookup import FRAMES, question  # noqa: E402

frames = [frame(question(f'type-{link_type}.example')) for link_type, frame in FRAMES.items()]
capture_file.write(sys.argv[1], pcapng.section() + b''.join(map(pcapng.interface, FRAMES))
                   + b''.join(pcapng.packet(number, frame) for number, frame in enumerate(frames)), frames)
