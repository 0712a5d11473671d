"""What phones say to Xiaomi's push service in a real capture (nDPI's xiaomi.pcap), read twice: by the program, and here
from the bytes that tshark gives, with zlib and a few lines of protocol buffers of its own."""
import collections
import glob
import json
import os
import struct
import subprocess
import zlib

ITEM = 'xiaomi-push'
NAME = '*xiaomi.pcap*'
FOUND = {'frames': 28, 'conn': 11, 'phones': 5}  # frames with a right Adler-32; of these, CONN; of these, from phones
LIMIT_S = 60


def streams(path):
    """-> the payloads of each direction of each TCP connection, joined"""
    done = subprocess.run(['tshark', '-r', path, '-Y', 'tcp.len > 0 and not tcp.analysis.retransmission', '-T',
                           'fields', '-e', 'tcp.stream', '-e', 'ip.src', '-e', 'tcp.srcport', '-e', 'tcp.payload'],
                          capture_output=True, text=True, timeout=LIMIT_S, check=True)
    joined = collections.defaultdict(bytes)
    for line in done.stdout.splitlines():
        stream, source, port, payload = line.split('\t')
        joined[stream, source, port] += bytes.fromhex(payload)
    return joined.values()


def frames(stream):
    """-> the blobs of the frames with a right checksum, up to the first that is none"""
    while len(stream) >= 12 and stream[:4] == b'\xc2\xfe\x00\x05':
        end = 8 + int.from_bytes(stream[4:8], 'big')
        if len(stream) < end + 4 or zlib.adler32(stream[:end]) != int.from_bytes(stream[end:end + 4], 'big'):
            return
        yield stream[8:end]
        stream = stream[end + 4:]


def fields(message):
    """-> {number: value} of protocol buffers: the numbers and the texts of one level"""
    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                return value
    found, at = {}, 0
    while at < len(message):
        tag = varint()
        value = varint()
        if tag & 7 == 2:
            value, at = message[at:at + value], at + value
        found[tag >> 3] = value
    return found


def clear(blob):
    """-> (command, fields of the body), or None where the blob is encrypted or empty"""
    if len(blob) < 8:
        return None
    _, header, body = struct.unpack('>HHI', blob[:8])
    if 8 + header + body != len(blob):
        return None
    return fields(blob[8:8 + header]).get(5, b''), blob[8 + header:]


def told(path):
    """-> (counts as in FOUND, what each phone said: the members that an event must have, its identifiers)"""
    counts, said, identifiers = collections.Counter(), [], set()
    for blob in (blob for stream in streams(path) for blob in frames(stream)):
        counts['frames'] += 1
        command, body = clear(blob) or (None, b'')
        if command != b'CONN':
            continue
        counts['conn'] += 1
        body = fields(body)
        if not isinstance(body.get(1), int):  # a server's answer begins with a text
            continue
        counts['phones'] += 1
        identifiers.add(body[4].decode())
        said.append({'model': body[2].decode(), 'build': body[3].decode(), 'server': body[7].decode(),
                     'locale': body[8].decode(), 'api_level': body[10], 'device_id': len(body[4]),
                     'network': body[6].split(b'-')[0].decode()})
    return dict(counts), said, identifiers


def reported(program, path):
    done = subprocess.run([program, 'replay', '--eve', '-', path], capture_output=True, text=True, timeout=LIMIT_S)
    if done.returncode:
        raise RuntimeError(done.stderr)
    said = []
    for event in map(json.loads, done.stdout.splitlines()):
        if event['event_type'] == 'xiaomi_push':
            push = event['xiaomi_push']
            said.append({key: push.get(key) for key in ('model', 'build', 'server', 'locale', 'api_level')})
            said[-1] |= {'device_id': push.get('device_id', {}).get('length'),
                         'network': push.get('network_type', '').split('-')[0]}
    return said, done.stdout


def check(tally, program, corpus):
    if not tally.wants(ITEM):
        return
    paths = sorted(glob.glob(os.path.join(glob.escape(corpus), '**', NAME), recursive=True))
    paths = [path for path in paths if not path.endswith('.json')]
    if not paths:
        print(f'!! no {NAME} below {corpus}: what real phones say to Xiaomi push is NOT checked')
        tally.skip(ITEM, 'no capture')
        return
    try:
        for path in paths:
            counts, expected, identifiers = told(path)
            if counts != FOUND:
                tally.fail(ITEM, f'{path}: tshark gives {counts} instead of {FOUND}')
                return
            said, output = reported(program, path)
            order = lambda row: json.dumps(row, sort_keys=True)  # noqa: E731
            if sorted(said, key=order) != sorted(expected, key=order):
                tally.fail(ITEM, f'{path}\nexpected {expected}\ngot      {said}')
                return
            if any(identifier in output for identifier in identifiers):
                tally.fail(ITEM, f'{path}: an identifier stands in an event in clear text')
                return
    except (subprocess.SubprocessError, RuntimeError, LookupError, ValueError) as error:
        tally.fail(ITEM, error)
        return
    tally.ok(ITEM, ', '.join(f'{count} {what}' for what, count in FOUND.items()))
