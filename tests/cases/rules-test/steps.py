"""Tries what ships as it is, then with one rule broken at a time: sampled, with a fixed seed."""
import glob
import os
import random
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..'))
from steps import check, step  # noqa: E402

SLUICE = sys.argv[1]
PACKS = os.path.join(HERE, '../../../rules/packs')
ROWS, LETTERS = 2, 6  # of each list, and of all signatures, that are broken
CONTENT = re.compile(r'content:!?"((?:[^"\\|]|\\.)+)"')
dice = random.Random(5)


def read(path):
    with open(path, encoding='utf8') as file:
        return file.read()


def write(path, text):
    with open(path, 'w', encoding='utf8') as file:
        file.write(text)


sources = sorted(glob.glob(os.path.join(PACKS, '*.csv')) + glob.glob(os.path.join(PACKS, '*.rules')))
check(len(sources) >= 6, f'{len(sources)} sources ship')
step(SLUICE, 'rules', 'test', *sources, says=[': good'])

for path in glob.glob(os.path.join(PACKS, '*.examples')):
    shutil.copy(path, '.')
for path in sources:
    shutil.copy(path, '.')
local = [os.path.basename(path) for path in sources]


def fails(path, changed, says):
    """`path` with that text; its list, with what else has its name, must fail."""
    kept = read(path)
    write(path, changed)
    stem = path.split('.')[0]
    step(SLUICE, 'rules', 'test', *[name for name in local if name.split('.')[0] == stem], status=2, says=says)
    write(path, kept)


for path in [name for name in local if name.endswith('.csv')]:
    text = read(path)
    rows = [line for line in text.splitlines(keepends=True) if not line.startswith(('#', 'id,'))]
    for row in dice.sample(rows, ROWS):
        rule = row.split(',')[0]
        fails(path, text.replace(row, ''), [f'there is no rule {path.split(".")[0]}/{rule}'])
        name = row.split(',')[1]
        other = name.replace('.', '0.', 1) if name[-1].isalpha() else None
        if other and f',{other},' not in text:
            fails(path, text.replace(row, row.replace(f',{name},', f',{other},', 1)), [rule, 'does not match'])

rules = read('vendor-telemetry.rules')
letters = [match.start(1) + at for match in CONTENT.finditer(rules) for at, letter in enumerate(match[1])
           if letter.isalpha()]
for at in dice.sample(letters, LETTERS):
    letter = 'y' if rules[at] == 'z' else 'z'
    fails('vendor-telemetry.rules', rules[:at] + letter + rules[at + 1:], ['failures'])

# A pack is made where its examples hold, and tried as one file; else none is.
compile_pack = (SLUICE, 'rules', 'compile', '--name', 'vendor-telemetry', '--sequence', '1', '--output')
pair = ('vendor-telemetry.csv', 'vendor-telemetry.rules')
step(*compile_pack, 'vendor-telemetry.slpk', *pair)
step(SLUICE, 'rules', 'test', 'vendor-telemetry.slpk', says=[': good'])
step(SLUICE, 'rules', 'test', 'vendor-telemetry.slpk', '--examples', 'c2.examples', status=2, says=['there is no rule'])
write('vendor-telemetry.rules', rules.replace('/getSplashScreenAds', '/getSplashScreenBds'))
step(*compile_pack, 'broken.slpk', *pair, status=2, says=['1926008 does not match what it must'])
check(not os.path.exists('broken.slpk'), 'no pack is made')
print('all steps done')
