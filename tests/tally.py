"""What a test runner says: a short line an item, details of what failed only, and the figures as the last line."""
import fnmatch
import sys
import time


class Tally:
    """Counts items and prints them. Every runner below tests/ makes one and returns end() as its exit status."""

    def __init__(self, section, pattern=''):
        self.section, self.pattern = section, pattern
        self.passed = self.failed = self.skipped = 0

    def wants(self, item):
        """Whether PATTERN picks SECTION/ITEM: part of it, or a match where the pattern holds * or ?."""
        name = f'{self.section}/{item}'.lower()
        pattern = self.pattern.lower()
        return fnmatch.fnmatch(name, pattern) if any(c in pattern for c in '*?') else pattern in name

    def ok(self, item, note='', count=1):
        self.passed += count
        self._line('ok', item, note)

    def fail(self, item, details, note='', count=1):
        self.failed += count
        self._line('FAILED', item, note)
        for line in str(details).rstrip().splitlines():
            print('    ' + line)
        sys.stdout.flush()

    def skip(self, item, why, count=1):
        self.skipped += count
        self._line('SKIPPED', item, why)

    def _line(self, verdict, item, note):
        print(f'{verdict:8}{self.section}/{item}' + (f'  ({note})' if note else ''), flush=True)

    def end(self):
        print(figures(self.passed, self.failed, self.skipped), flush=True)
        return 1 if self.failed else 0


def figures(passed, failed, skipped):
    return f'{passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else '')


class Stopwatch:
    def __init__(self):
        self.start = time.monotonic()

    def __str__(self):
        return f'{time.monotonic() - self.start:.1f} s'
