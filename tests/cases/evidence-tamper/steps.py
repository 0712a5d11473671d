"""One byte after the other is altered: verify names the file and the byte, and what it was."""
import os
import pathlib
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import evidence  # noqa: E402
from steps import check  # noqa: E402

evidence.make_evidence()
head = evidence.head()
chain = pathlib.Path('evidence/chain.jsonl')
records = sorted(pathlib.Path('evidence/records').iterdir())
record = records[1]
key = next(pathlib.Path('evidence/devices').iterdir())


def altered(path, data, *says):
    """With these bytes in the place of its own, the check fails and says why; then the file is as before"""
    good = path.read_bytes()
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)
    out = evidence.verify('--head', head, status=1, says=[*says, 'faults'])
    check(out.splitlines()[0].startswith(f'{path.relative_to("evidence")}: '), out)
    path.write_bytes(good)
    return out


def flipped(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    return bytes(data)


# A record: any byte
data = record.read_bytes()
for at in (0, 1, 511, 512, len(data) // 2, len(data) - 1):
    altered(record, flipped(record, at), f'byte {at} was 0x{data[at]:02x}')
altered(record, flipped(record, 300)[:1000], 'byte 300 was')
altered(record, data[:300], 'it ends at byte 300')
altered(record, data + b'!', f'byte {len(data)} and what follows was added')
altered(record, data[:600] + bytes(10) + data[610:], 'the first altered byte is one of 512 to 1023')
altered(record, None, 'it is missing')
altered(record, records[0].read_bytes(), 'it is altered')

# The chain: a byte of each line, wherever it stands in it
text = chain.read_bytes()
start = 0
for line in text.splitlines(keepends=True):
    for column in (0, 12, len(line) // 2, len(line) - 4):
        at = start + column
        altered(chain, flipped(chain, at), f'byte {at} is altered')
    start += len(line)
lines = text.splitlines(keepends=True)
altered(chain, b''.join(lines[:3] + lines[4:]), 'line 4')
altered(chain, b''.join(lines[1:]), 'taken away')
altered(chain, b''.join(lines[:-1]), 'taken away')
altered(chain, b''.join([*lines[:2], lines[3], lines[2], *lines[4:]]), 'line 3')

# The key of a device
altered(key, None, 'no line of the chain says that it was destroyed')
altered(key, b'{}', 'is no key')
stranger = pathlib.Path('evidence/records/0000000001.box')
stranger.write_bytes(b'made up')
evidence.verify(status=1, says=['records/0000000001.box: no line of the chain names it'])
stranger.unlink()
evidence.verify('--head', head, '--secret-key', 'authority.key')
print('all steps done')
