"""Somebody who writes over the memory that the two planes share, as one of them could that was taken over."""

import mmap
import os
import random
import struct
import time

from load import Background

# dataplane/exchange/shared_memory.hh: header | consumer page | worker pages | for each worker: findings ring, records ring
PAGE = 4096
CONSUMER = slice(PAGE, 3 * PAGE)
RING_BYTES = 4 << 20  # events.ring_bytes as it is by default
HEADER = slice(0, PAGE)
WORD = struct.Struct("=Q")
PAUSE_S = 0.0005
CUT_EVERY_S = 0.05
BURST = 20


class Vandal(Background):
    """Writes into regions of the file for the length of a context: the same garbage for the same seed."""

    def __init__(self, lab, path, pick, seed):
        """pick(memory) -> the regions to write in, as slices; asked for anew each time: they may follow an index."""
        super().__init__(lab, "tap")
        self._path, self._pick, self._random = path, pick, random.Random(seed)
        self.written = 0

    def work(self, over):
        with open(self._path, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
            while not over.is_set():
                for region in self._pick(memory):
                    for _ in range(BURST):
                        self._write(memory, region)
                time.sleep(PAUSE_S)

    def _write(self, memory, region):
        """Half of the words lie where an index or a counter does."""
        choose = self._random
        at = choose.randrange(region.start, region.stop - WORD.size + 1)
        if choose.random() < 0.5:
            at -= at % WORD.size
        old, = WORD.unpack_from(memory, at)
        near = old + choose.choice((1, 8, -8, RING_BYTES, -RING_BYTES))
        word = choose.choice((choose.getrandbits(64), choose.getrandbits(16), 0, (1 << 64) - 1, 1 << 63, near,
                              old ^ 1 << choose.randrange(64)))
        WORD.pack_into(memory, at, word & (1 << 64) - 1)
        self.written += 1


class Cutter(Background):
    """Makes the file shorter again and again, for the length of a context."""

    def __init__(self, lab, path, seed):
        super().__init__(lab, "tap")
        self._path, self._random = path, random.Random(seed)
        self.cuts = 0

    def work(self, over):
        whole = self._path.stat().st_size
        while not over.is_set():
            os.truncate(self._path, self._random.choice((0, 1, PAGE, self._random.randrange(whole))))
            self.cuts += 1
            time.sleep(CUT_EVERY_S)


def consumer(_):
    """What the control plane may write."""
    return [CONSUMER]


def pages_and_rings(memory):
    """What the data plane writes, but for the header: the one worker's page, the rings, and most of all their next
    records."""
    rings = len(memory) - 2 * RING_BYTES
    regions = [slice(CONSUMER.stop, rings), slice(rings, len(memory))]
    for number in range(2):
        start = rings + number * RING_BYTES
        position, = WORD.unpack_from(memory, CONSUMER.start + 64 * number)
        begin = start + min(position % RING_BYTES, RING_BYTES - 512)
        regions.append(slice(begin, begin + 512))
    return regions


def header(_):
    return [HEADER]
