"""What chance alone does to figures, told apart from what it does not.

Two programs run in turns, and each round gives a ratio. The interval in which their true median lies comes from the
ratios' order alone (the sign test turned round: Conover, "Practical Nonparametric Statistics", section 3.2): it holds
however figures scatter, and a few bad rounds do not move it. Two programs that are equal are told apart with the
probability `risk`, over all rows together.
"""
import math
import statistics

RISK = 0.01


def rounds_needed(rows, risk=RISK):
    """-> the fewest rounds from which `rows` intervals can be told"""
    return math.ceil(math.log2(2 * rows / risk))


def interval(figures, risk):
    """-> (low, high) between which the true median lies, but for a probability of `risk`; None: too few figures"""
    ordered = sorted(figures)
    count = len(ordered)
    missed, place = 0.0, 0
    while place < count // 2:
        missed += 2 * math.comb(count, place) / 2 ** count  # that so many figures at most lie on one side of it
        if missed > risk:
            break
        place += 1
    return (ordered[place - 1], ordered[count - place]) if place else None


class Ratio:
    """ours to theirs, by round; above 1 ours is the faster one"""

    def __init__(self, samples, rows=1, risk=RISK):
        self.samples = samples
        self.median = statistics.median(samples)
        ends = interval(samples, risk / rows)
        if ends is None:
            raise ValueError(f'{len(samples)} rounds tell nothing of {rows} rows: {rounds_needed(rows, risk)} do')
        self.low, self.high = ends

    @property
    def is_beyond_noise(self):
        return self.low > 1 or self.high < 1

    @property
    def verdict(self):
        if not self.is_beyond_noise:
            return 'no difference'
        return 'faster' if self.low > 1 else 'slower'

    def as_json(self):
        return {'median': self.median, 'low': self.low, 'high': self.high, 'samples': self.samples}
