"""Makes keys with minisign, signs packs with either program, and lets the other one judge."""
import hashlib
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from steps import check, step  # noqa: E402

SLUICE = sys.argv[1]
if not shutil.which('minisign'):
    sys.exit('minisign is not installed (Debian package minisign)')

with open('list.csv', 'w', encoding='utf8') as file:
    file.write('id,indicator,kind,class,recipient\n'
               'a,telemetry.example,domain,telemetry,Example Ltd\nb,192.0.2.0/24,cidr,anonymiser,\n')
with open('content.rules', 'w', encoding='utf8') as file:
    file.write('alert http any any -> any any (msg:"Example: a count was sent"; http.uri; content:"/count"; sid:7; '
               'rev:2;)\n')
SOURCES = ['list.csv', 'content.rules']


def compile_pack(output, *options, **expected):
    return step(SLUICE, 'rules', 'compile', '--name', 'example', '--sequence', '5', '--created', '2026-11-01',
                '--output', output, *options, *SOURCES, **expected)


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def write(path, data):
    with open(path, 'wb') as file:
        file.write(data)


# Keys: one without a password, one that nobody trusts, and one that asks for its password
step('minisign', '-G', '-W', '-p', 'own.pub', '-s', 'own.key')
step('minisign', '-G', '-W', '-p', 'other.pub', '-s', 'other.key')
step('minisign', '-G', '-p', 'safe.pub', '-s', 'safe.key', stdin='correct horse\ncorrect horse\n')
write('password', b'correct horse\n')

# Signed here, judged by minisign
compile_pack('p.slpk', '--secret-key', 'own.key')
step('minisign', '-V', '-m', 'p.slpk', '-p', 'own.pub',
     says=['pack example, channel stable, sequence 5, created 2026-11-01'])
compile_pack('safe.slpk', '--secret-key', 'safe.key', '--password-file', 'password')
step('minisign', '-V', '-m', 'safe.slpk', '-p', 'safe.pub')
check(read('p.slpk') == read('safe.slpk'), 'the same sources give the same pack')

# No key, no pack
compile_pack('no.slpk', '--secret-key', 'safe.key', status=1, says=['password', '--password-file'])
compile_pack('no.slpk', '--secret-key', 'own.pub', status=1, says=['own.pub', 'no secret key'])
check(not os.path.exists('no.slpk'), 'nothing is written where signing failed')

# Signed by minisign, judged here; its older form too
for option in ('-H', '-l'):
    os.remove('p.slpk.minisig')
    step('minisign', '-S', option, '-m', 'p.slpk', '-s', 'own.key', '-t', 'released by hand')
    shown = json.loads(step(SLUICE, 'rules', 'show', 'p.slpk', '--json', '--rules', '--trusted-key', 'other.pub',
                            '--trusted-key', 'own.pub'))
    check(shown['signature'] == {'state': 'good', 'trusted_comment': 'released by hand'}, shown['signature'])
check(shown['sha256'] == hashlib.sha256(read('p.slpk')).hexdigest(), shown['sha256'])
check([s['sha256'] for s in shown['sources']] == [hashlib.sha256(read(s)).hexdigest() for s in SOURCES], 'sources')
check((shown['name'], shown['sequence'], shown['rules']) == ('example', 5, 3), shown)
check([r['rule_id'] for r in shown['rows']] == ['example/a', 'example/b', 'example/7'], shown['rows'])
check(shown['by_kind'] == {'cidr': 1, 'domain': 1, 'signature': 1}, shown['by_kind'])
step(SLUICE, 'rules', 'show', 'p.slpk', says=['not checked', '--trusted-key', 'example'])


def refused(*says, pack='p.slpk', key='own.pub'):
    """Not shown at all, and said why"""
    out = step(SLUICE, 'rules', 'show', pack, '--trusted-key', key, status=1, says=[pack, *says])
    check(out == '', 'a pack that is not trusted is not shown')


# Another key, no signature, an altered pack, comment or signature, a cut one
refused('none of the trusted ones', key='other.pub')
shutil.copy('p.slpk', 'alone.slpk')
refused('no signature', 'alone.slpk.minisig', pack='alone.slpk')
good, signature = read('p.slpk'), read('p.slpk.minisig')
write('p.slpk', good[:-5] + bytes([good[-5] ^ 1]) + good[-4:])
refused('did not sign these bytes')
write('p.slpk', good[:-8])
refused('did not sign these bytes')
write('p.slpk', good)
write('p.slpk.minisig', signature.replace(b'released by hand', b'released by them'))
refused('comment was altered')
write('p.slpk.minisig', signature[:100])
refused('signature is cut')
write('p.slpk.minisig', signature)
step(SLUICE, 'rules', 'show', 'p.slpk', '--trusted-key', 'own.pub', says=['good: released by hand'])

# A file that is no pack, however well it is signed
step('minisign', '-S', '-m', 'list.csv', '-s', 'own.key')
refused('is no pack', pack='list.csv')
print('all steps done')
