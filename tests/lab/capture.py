"""What tcpdump sees on one interface of the lab, for as long as the context lasts."""

import re
import signal
import struct
import subprocess
import time

START_LIMIT_S = 5.0
SETTLE_S = 0.3  # for what is on the way when the traffic ends
BUFFER_KIB = 65536


class Capture:
    """way: 'in' or 'out' for what enters or leaves the host by this interface; None for both."""

    def __init__(self, lab, role, interface, way=None):
        self.path = lab.directory / f"{role}-{interface}-{way or 'both'}.pcap"
        self._log = self.path.with_suffix(".log")
        # Immediate: otherwise the kernel keeps the last second of frames to itself when tcpdump ends.
        self._command = ["tcpdump", "-Z", "root", "-U", "--immediate-mode", "-n", "-i", interface, "-s", "0",
                         "-B", BUFFER_KIB, *(["-Q", way] if way else []), "-w", self.path]
        self._lab, self._role = lab, role

    def __enter__(self):
        with open(self._log, "wb") as log:
            self._process = self._lab.start(self._role, self._command, stdout=subprocess.DEVNULL, stderr=log)
        deadline = time.monotonic() + START_LIMIT_S
        while "listening on" not in self._log.read_text():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"tcpdump does not start: {self._log.read_text()}")
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        time.sleep(SETTLE_S)
        self._process.send_signal(signal.SIGINT)
        self._process.wait(START_LIMIT_S)

    def lost(self):
        """Frames that tcpdump itself could not keep; a comparison with them proves nothing."""
        return int(re.search(r"(\d+) packets? dropped by kernel", self._log.read_text()).group(1))

    def frames(self):
        return self.read(self.path)

    @staticmethod
    def read(path):
        """All frames of a file as tcpdump writes it on this kind of machine (pcap, little-endian), as bytes."""
        data = path.read_bytes()
        at, frames = 24, []
        while at < len(data):
            length = struct.unpack_from("<I", data, at + 8)[0]
            frames.append(data[at + 16:at + 16 + length])
            at += 16 + length
        return frames
