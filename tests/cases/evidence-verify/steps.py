"""Good evidence is found good, and the end of the chain is held against what was told of it."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import evidence  # noqa: E402
from steps import check, step  # noqa: E402

evidence.make_evidence()
head = evidence.head()
count = len(evidence.listed())
out = evidence.verify('--head', head, says=[f'{count} records, {count} as they were written', head])
check('--head' not in out, 'a head was held against it')
evidence.verify(says=['nothing was held against it'])
evidence.verify('--secret-key', 'authority.key', says=[f'{count} opened'])

# It goes on, under the same keys; what was told before still holds
evidence.replay('--evidence', 'evidence', '--authority-key', 'authority.pub', '--eve', 'more.json')
evidence.verify('--head', head, '--secret-key', 'authority.key', says=[f'{2 * count} opened'])
check(len({record['device'] for record in evidence.listed()}) == 2, 'the devices are the same')

# A chain that was written anew does not fit what was told
number, digest = head.split(':')
evidence.verify('--head', f'{number}:{"0" * 64}', status=1, says=[f'line {number} is not the one'])
evidence.verify('--head', f'{int(number) + 1000}:{digest}', status=1, says=['lines were taken away'])
evidence.verify('--head', 'x', status=2, says=['NUMBER:DIGEST'])

# Another authority opens nothing
step(evidence.SLUICE, 'evidence', 'keygen', '--secret-key', 'other.key', '--public-key', 'other.pub')
evidence.verify('--secret-key', 'other.key', status=1, says=['does not open it'])
os.chmod('other.key', 0o644)
evidence.verify('--secret-key', 'other.key', status=1, says=['chmod 600'])
step(evidence.SLUICE, 'evidence', 'verify', 'nowhere', status=1, says=['nowhere'])

# What a power cut leaves of the last line is no fault, and is mended by the next writer
with open('evidence/chain.jsonl', 'a', encoding='utf8') as file:
    file.write('{"number":')
evidence.verify('--head', head, says=['10 bytes behind the last line'])
evidence.replay('--evidence', 'evidence', '--authority-key', 'authority.pub')
evidence.verify('--head', head, says=[f'{3 * count} records, {3 * count} as'])
print('all steps done')
