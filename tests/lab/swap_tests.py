"""A fiftieth of the large pack of tests/soak, swapped a few times: what takes hours there, in half a minute."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "soak"))

import swaps

SCALE, SWAPS = 0.02, 4


def a_pack_with_something_of_everything_is_swapped_without_loss(bench):
    bench.note(swaps.swap_under_traffic(bench, SCALE, SWAPS))


TESTS = [a_pack_with_something_of_everything_is_swapped_without_loss]
