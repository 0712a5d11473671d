"""Messages of the protocols that are parsed, from the RFCs and from the literals of the unit tests."""
import os
import re
import struct
import zlib

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..'))


def u16(value):
    return struct.pack('>H', value)


def vector(length_bytes, content):
    return len(content).to_bytes(length_bytes, 'big') + content


def literals(path):
    """-> the string constants of a C++ file: {name: joined text}; an array's elements get the name and a number"""
    with open(os.path.join(ROOT, path), encoding='utf8') as file:
        text = file.read()
    found = {}
    for name, value in re.findall(r'constexpr std::string_view (\w+)(?:\[\])? =\s*([^;]*);', text):
        parts = value.strip('{} \n').split(',\n')
        for number, part in enumerate(parts):
            found[name + (f'_{number}' if len(parts) > 1 else '')] = ''.join(re.findall(r'"([^"]*)"', part))
    return found


# DNS (RFC 1035 section 4.1)

def dns_name(name):
    return b''.join(vector(1, label.encode()) for label in name.split('.')) + b'\0'


def dns_query(name, kind=1):
    return struct.pack('>6H', 0x1234, 0x0100, 1, 0, 0, 0) + dns_name(name) + struct.pack('>2H', kind, 1)


def dns_answer(name, records):
    """records: [(type, data)], each owned by the name of the question"""
    message = struct.pack('>6H', 0x1234, 0x8180, 1, len(records), 0, 0) + dns_name(name) + struct.pack('>2H', 1, 1)
    for kind, data in records:
        message += b'\xc0\x0c' + struct.pack('>2HI', kind, 1, 300) + vector(2, data)
    return message


def service_parameters():
    """RFC 9460 section 2.2, RFC 9849 section 4"""
    config = b'\x2a' + u16(32) + vector(2, b'k' * 32) + vector(2, bytes([0, 1, 0, 1])) + b'\0' + vector(1, b'p.example')
    ech = vector(2, u16(0xfe0d) + vector(2, config + u16(0)))
    values = [(0, u16(1)), (1, vector(1, b'h3')), (2, b''), (3, u16(443)), (4, bytes(4)), (5, ech), (6, bytes(16)),
              (7, b'/q{?dns}'), (667, b'x')]
    return b''.join(u16(key) + vector(2, value) for key, value in values)


def dhcp_messages():
    """RFC 2131 section 2"""
    def message(operation, options):
        fixed = bytes([operation, 1, 6, 0]) + bytes(24) + b'\2\0\0\0\x0a\x0b' + bytes(10 + 192)
        return fixed + bytes.fromhex('63825363') + b''.join(bytes([code]) + vector(1, value) for code, value in options)
    return {'request': message(1, [(53, b'\3'), (61, b'\1abcdef'), (50, bytes(4)), (54, bytes(4)), (12, b'phone'),
                                   (60, b'android-dhcp-13'), (55, b'\1\3\6')]) + b'\xff',
            'ack': message(2, [(53, b'\5'), (51, bytes(4)), (1, bytes(4)), (3, bytes(4)), (6, bytes(8))]) + b'\0\xff'}


def dns_messages():
    alias = dns_name('cdn.example')
    return {
        'query': dns_query('www.listed.example'),
        'query-https': dns_query('a.example', 65),
        'answer': dns_answer('www.listed.example', [
            (1, bytes([198, 51, 100, 7])), (28, bytes(range(16))), (5, alias), (15, u16(10) + alias),
            (16, vector(1, b'text')), (33, struct.pack('>3H', 1, 2, 443) + alias), (65, u16(1) + alias),
            (6, alias + alias + bytes(20))]),
        'parts': dns_answer('a.example', [
            (6, alias + alias + bytes(20)), (33, struct.pack('>3H', 1, 2, 443) + alias), (44, b'\2\1abcd'),
            (35, bytes(4) + vector(1, b's') + vector(1, b'E2U') + vector(1, b'') + alias),
            (43, b'\xec\x45\5\1abcd'), (46, bytes(18) + alias + b'abcd'), (257, b'\0' + vector(1, b'issue') + b'ca'),
            (65, u16(1) + b'\0' + service_parameters()), (41, u16(8) + vector(2, b'\0\1\x18\0abc'))]),
        'refusal': struct.pack('>6H', 0x1234, 0x8185, 0, 0, 0, 0),
    }


# TLS (RFC 8446), QUIC

def hello(padding=0):
    samples = literals('tests/unit/hello_samples.hh')
    body = bytearray.fromhex(samples['hello_before_padding']) + bytes(padding)
    for at, value in ((3, len(body) - 5), (7, len(body) - 9), (116, len(body) - 118), (314, padding)):
        body[at:at + 2] = u16(value)
    return bytes(body)


def hello_in_records(size):
    message = hello()[5:]
    return b''.join(b'\x16\x03\x01' + vector(2, message[at:at + size]) for at in range(0, len(message), size))


def quic_datagrams():
    samples = literals('tests/unit/quic_samples.hh')
    samples.update(literals('tests/unit/hello_samples.hh'))
    return {name: bytes.fromhex(value) for name, value in samples.items()
            if re.search(r'initial|retry|negotiation', name) and re.fullmatch(r'(?:[0-9a-f]{2}){20,}', value)}


def gquic_messages():
    """Google's CHLO (tests/unit/dataplane/gquic_test.cc says where its format stands)"""
    chlo = bytes.fromhex(literals('tests/unit/dataplane/gquic_test.cc')['hello'])
    head = b'\x19' + bytes(range(1, 9)) + b'Q043' + b'\x00\x01' + bytes(range(0xa0, 0xac)) + b'\xa0\x01'
    return {'hello': chlo, 'q043': head + u16(len(chlo)) + chlo}


# Xiaomi push (dataplane/parsers/xiaomi_push.hh)

def xiaomi_push_frames():
    """frames, and blobs: the fuzzer frames each input too"""
    header = bytes.fromhex('080010001a0a') + b'xiaomi.com' + bytes.fromhex('2a04') + b'CONN'
    device = (bytes.fromhex('086a') + b'\x12' + vector(1, b'PHONE-A1') + b'\x1a' + vector(1, b'V99.0.1.TST') +
              b'\x22' + vector(1, b'a-0123456789') + bytes.fromhex('2829') + b'\x32' +
              vector(1, b'mobile-lte-internet') + b'\x3a' + vector(1, b'push.test:5222') + b'\x42' +
              vector(1, b'de_CH') + bytes.fromhex('501e'))

    def blob(body):
        return struct.pack('>HHI', 2, len(header), len(body)) + header + body

    def framed(content):
        frame = b'\xc2\xfe\x00\x05' + vector(4, content)
        return frame + struct.pack('>I', zlib.adler32(frame))
    answer = blob(b'\x0a' + vector(1, b'challenge') + b'\x12' + vector(1, b'192.0.2.1'))
    return {'device': blob(device), 'answer': answer, 'stream': framed(blob(device)) + framed(b'') + framed(bytes(99))}
