#!/usr/bin/python3
"""Tests that take hours: `swaps`, the large pack swapped 1,000 times under traffic. Needs root."""

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "lab")]

import swaps  # noqa: E402
from bench import Bench, Failed  # noqa: E402
from lab import Lab  # noqa: E402
from publisher import Publisher  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("test", choices=["swaps"])
    parser.add_argument("--swaps", type=int, default=1000, help="so many (1000)")
    parser.add_argument("--scale", type=float, default=1.0, help="of the large pack (1.0)")
    parser.add_argument("--driver", default="af_xdp", choices=["af_xdp", "af_packet"])
    options = parser.parse_args()
    try:
        with Lab() as lab:
            lab.start_servers(("neighbour.example",))
            publisher = Publisher(lab)
            with lab.tap(options.driver, "monitor", [], [publisher.public_key]) as wire:
                bench = Bench(lab, wire, options.driver, True, publisher)
                print(swaps.swap_under_traffic(bench, options.scale, options.swaps, lambda line: print(line, flush=True)))
    except (Failed, RuntimeError) as error:
        print(f"FAILED: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
