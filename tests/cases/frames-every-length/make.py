"""The first 0, 1, … 64 bytes of a look-up whose name ends later than that, on an interface of each link type."""
import sys

sys.path.insert(0, '..')
import capture_file  # noqa: E402
import pcapng  # noqa: E402
from lookup import FRAMES, question  # noqa: E402

datagram = question('a-name-that-ends-behind-the-sixty-fourth-byte.telemetry.example')
cuts = [(number, frame(datagram)[:length]) for number, frame in enumerate(FRAMES.values()) for length in range(65)]
capture_file.write(sys.argv[1], pcapng.section() + b''.join(map(pcapng.interface, FRAMES))
                   + b''.join(pcapng.packet(number, cut) for number, cut in cuts), [cut for _, cut in cuts])
