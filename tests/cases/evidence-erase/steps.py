"""The key of a device is destroyed: its records stay as they are, and nobody opens them."""
import os
import pathlib
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import evidence  # noqa: E402
from steps import check, step  # noqa: E402

evidence.make_evidence()
head = evidence.head()
records = evidence.listed()
gone = next(r['device'] for r in records if r['decision']['device']['address'] == evidence.PHONE)
erased = sum(r['device'] == gone for r in records)
boxes = {path: path.read_bytes() for path in pathlib.Path('evidence/records').iterdir()}
key = pathlib.Path('evidence/devices') / f'{gone}.json'
copy = key.read_bytes()

step(evidence.SLUICE, 'evidence', 'erase', 'evidence', gone, says=[gone, 'destroyed'])
check(not key.exists(), 'the key is gone')
check({path: path.read_bytes() for path in pathlib.Path('evidence/records').iterdir()} == boxes, 'the boxes stay')
evidence.verify('--head', head, '--secret-key', 'authority.key',
                says=[f'{erased} cannot be opened any more', f'{len(records) - erased} opened'])
left = evidence.listed()
check([r['state'] for r in left].count('erased') == erased, left)
check(all('decision' not in r for r in left if r['device'] == gone), left)
number = next(r['record'] for r in records if r['device'] == gone)
step(evidence.SLUICE, 'evidence', 'export', 'evidence', number, '--secret-key', 'authority.key', '--to', 'out', status=1)
check(not os.path.exists('out'), 'nothing is exported')

# The same device again: another surrogate, another key
evidence.replay('--evidence', 'evidence', '--authority-key', 'authority.pub')
evidence.verify('--head', head)
fresh = {r['device'] for r in evidence.listed() if r.get('decision', {}).get('device', {}).get('address') == evidence.PHONE}
check(len(fresh) == 1 and gone not in fresh, fresh)

# Once more is no error; a key that comes back is said, and so is a device that never was
step(evidence.SLUICE, 'evidence', 'erase', 'evidence', gone)
key.write_bytes(copy)
evidence.verify(status=1, says=['says that this key was destroyed'])
step(evidence.SLUICE, 'evidence', 'erase', 'evidence', '0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77', status=1, says=['list'])
print('all steps done')
