"""Makes keys with minisign, releases of two packs with manifests, and lets minisign and sluice judge each other's work."""
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from steps import check, step  # noqa: E402

SLUICE = sys.argv[1]
SEED = int(os.environ.get('SLUICE_TEST_SEED', time.time_ns() % 2**32))
ALTERATIONS = 40  # each is a run of the program; unit-control/ruleset_alterations makes a thousand
print('seed', SEED)
if not shutil.which('minisign'):
    sys.exit('minisign is not installed (Debian package minisign)')


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def write(path, data):
    with open(path, 'wb') as file:
        file.write(data)


def key_id(name):
    """as minisign writes it, without zeros in front"""
    return re.search(rb'public key ([0-9A-F]+)', read(name + '.pub')).group(1).decode()


def pack(name, sequence, *options):
    write(name + '.csv', f'id,indicator,kind\nrow,{name}-{sequence}.example,domain\n'.encode())
    path = f'{name}-{sequence}.slpk'
    step(SLUICE, 'rules', 'compile', '--name', name, '--sequence', str(sequence), '--created', '2026-11-01',
         '--secret-key', 'first.key', '--output', path, *options, name + '.csv')
    return path


def manifest(output, sequence, packs, *options, **expected):
    return step(SLUICE, 'rules', 'manifest', '--name', 'phones', '--sequence', str(sequence), '--created', '2026-11-01',
                '--output', output, *options, *packs, **expected)


def verify(*files, keys=('first',), status=0, says=(), options=()):
    trusted = [word for key in keys for word in ('--trusted-key', key + '.pub')]
    return step(SLUICE, 'rules', 'verify', *trusted, *options, *files, status=status, says=says)


for key in ('first', 'second', 'third', 'stranger'):
    step('minisign', '-G', '-W', '-p', key + '.pub', '-s', key + '.key')
alpha, beta, beta2 = pack('alpha', 5), pack('beta', 1), pack('beta', 2)

# What the manifest says of the packs is what sha256sum says
manifest('r.ruleset', 12, [beta, alpha], '--expires', '2100-12-31', '--secret-key', 'first.key')
lines = read('r.ruleset').decode().splitlines()
check(lines == ['sluice ruleset 1', 'name phones', 'sequence 12', 'created 2026-11-01T00:00:00Z',
                'expires 2101-01-01T00:00:00Z', lines[5],
                'pack alpha stable 5 ' + hashlib.sha256(read(alpha)).hexdigest(),
                'pack beta stable 1 ' + hashlib.sha256(read(beta)).hexdigest(), 'end'], lines)
check(re.fullmatch(r'program \d+\.\d+\.\d+', lines[5]), lines[5])
first = read('r.ruleset')
manifest('r.ruleset', 12, [alpha, beta], '--expires', '2100-12-31', '--secret-key', 'first.key')
check(read('r.ruleset') == first, 'the same packs give the same manifest')
step('minisign', '-V', '-m', 'r.ruleset', '-p', 'first.pub', says=['ruleset phones, sequence 12, created 2026-11-01'])
verify('r.ruleset', alpha, beta, says=['r.ruleset: good', 'ruleset phones, sequence 12'])
shown = json.loads(step(SLUICE, 'rules', 'show', '--json', 'r.ruleset', '--trusted-key', 'first.pub'))
check((shown['name'], shown['sequence'], [p['name'] for p in shown['packs']]) == ('phones', 12, ['alpha', 'beta']), shown)
check(shown['signature']['state'] == 'good', shown)
step(SLUICE, 'rules', 'show', 'r.ruleset', says=['not checked', 'pack alpha stable 5'])

# Packs of another release, too few, too many
verify('r.ruleset', alpha, beta2, status=1, says=['pack beta is not the one of the manifest'])
verify('r.ruleset', alpha, status=1, says=['pack beta of the manifest', 'is missing'])
verify('r.ruleset', alpha, beta, pack('gamma', 1), status=1, says=['pack gamma is not in the manifest'])
verify(alpha, beta, status=1, says=['alpha-5.slpk: is no manifest'])
verify(alpha, says=['alpha-5.slpk: good: pack alpha'])

# Expired, and for a program that there is not yet
manifest('old.ruleset', 1, [alpha], '--expires', '2026-11-02', '--secret-key', 'first.key')
verify('old.ruleset', status=1, says=['expired on 2026-11-03T00:00:00Z'])
manifest('new.ruleset', 1, [alpha], '--program', '9999.0.0', '--secret-key', 'first.key')
verify('new.ruleset', status=1, says=['needs Sluice 9999.0.0', 'update Sluice'])
manifest('x.ruleset', 1, [alpha], '--program', '9', status=2, says=['--program'])
manifest('x.ruleset', 1, [alpha, alpha], status=1, says=['a second pack "alpha"'])
manifest('x.ruleset', 1, ['alpha.csv'], status=1, says=['alpha.csv', 'is no pack'])
check(not os.path.exists('x.ruleset'), 'what is wrong is not written')

# Two of three must have signed: one here, one with minisign, one of neither
TWO = ('--key-threshold', '2')
THREE = ('first', 'second', 'third')
verify('r.ruleset', keys=THREE, options=TWO, status=1, says=['2 different trusted keys', '1 is good', key_id('first')])
step('minisign', '-S', '-m', 'r.ruleset', '-s', 'second.key', '-x', 'second.minisig', '-t', 'seen by the second')
step('minisign', '-V', '-m', 'r.ruleset', '-p', 'second.pub', '-x', 'second.minisig')
write('r.ruleset.minisig', read('r.ruleset.minisig') + read('second.minisig'))
verify('r.ruleset', keys=THREE, options=TWO, says=['seen by the second'])
for name in (alpha, beta):
    step(SLUICE, 'rules', 'sign', name, '--secret-key', 'third.key', says=['one of 2 signatures'])
    step(SLUICE, 'rules', 'sign', name, '--secret-key', 'third.key', says=['one of 2 signatures'])  # takes its place
verify('r.ruleset', alpha, beta, keys=THREE, options=TWO)
signatures = read(alpha + '.minisig').splitlines(keepends=True)
check(len(signatures) == 8, signatures)
for key, part in (('first', signatures[:4]), ('third', signatures[4:])):
    write('one.minisig', b''.join(part))
    step('minisign', '-V', '-m', alpha, '-p', key + '.pub', '-x', 'one.minisig')
verify('r.ruleset', keys=('first', 'stranger'), options=TWO, status=1, says=['none of the trusted ones'])
write('r.ruleset.minisig', read('second.minisig') * 2)
verify('r.ruleset', keys=THREE, options=TWO, status=1, says=['1 is good'])

# A key that is revoked, and one that takes its place
manifest('r.ruleset', 13, [alpha, beta], '--secret-key', 'first.key')
revoked = ('--revoked-key', key_id('first'))
verify('r.ruleset', keys=('first', 'second'), options=revoked, status=1, says=['is revoked here'])
step(SLUICE, 'rules', 'sign', 'r.ruleset', '--secret-key', 'second.key')
verify('r.ruleset', keys=('first', 'second'), options=revoked, says=['r.ruleset: good'])
verify('r.ruleset', alpha, beta, keys=('first', 'second'), options=revoked, status=1, says=[alpha, 'is revoked here'])
step(SLUICE, 'rules', 'verify', alpha, '--trusted-key', 'first.pub', '--revoked-key', 'no id', status=1,
     says=['"no id" is no key id'])
step(SLUICE, 'rules', 'sign', 'alpha.csv', '--secret-key', 'second.key', status=1, says=['is no pack'])

# Alterations, cuts and swaps of good files, each by a run of the program
manifest('r.ruleset', 14, [alpha, beta], '--secret-key', 'first.key')
manifest('other.ruleset', 15, [alpha, beta2], '--secret-key', 'first.key')
SET = ['r.ruleset', alpha, beta]
write(alpha + '.minisig', b''.join(signatures[:4]))
write(beta + '.minisig', b''.join(read(beta + '.minisig').splitlines(keepends=True)[:4]))
verify(*SET)
files = [name + ending for name in SET for ending in ('', '.minisig')]
twins = {'r.ruleset': 'other.ruleset', alpha: beta, beta: beta2}
dice = random.Random(SEED)
for number in range(ALTERATIONS):
    name = dice.choice(files)
    good = read(name)
    # minisign covers all of a signature but the text of its first line
    first = good.index(b'\n') if name.endswith('.minisig') else 0
    kind = number % 3
    if kind == 0:
        at = dice.randrange(first, len(good))
        bad = bytearray(good)
        bad[at] ^= 1 << dice.randrange(8)
        what = f'bit of byte {at}'
    elif kind == 1:
        bad = good[:dice.randrange(0, len(good) - 1)]
        what = f'cut to {len(bad)} bytes'
    else:
        base = name.removesuffix('.minisig')
        bad = read(twins[base] + name[len(base):])
        what = 'swapped for that of ' + twins[base]
    write(name, bytes(bad))
    done = subprocess.run([SLUICE, 'rules', 'verify', '--trusted-key', 'first.pub', *SET], capture_output=True, text=True)
    check(done.returncode == 1 and done.stderr.startswith('sluice: '), f'{name}: {what}: {done}')
    write(name, good)
verify(*SET)
print('all steps done')
