"""Streams and datagrams of TLS and DTLS handshakes, from the RFCs and from the literals of the unit tests."""
from seed_messages import hello, hello_in_records, literals, u16, vector


def certificates():
    return {name: bytes.fromhex(value) for name, value in literals('tests/unit/x509_samples.hh').items()}


def records(messages, size):
    return b''.join(b'\x16\x03\x03' + vector(2, messages[at:at + size]) for at in range(0, len(messages), size))


def tls_streams():
    """tls_fuzz.cc: the first byte says how the stream is cut"""
    server_hello = b'\x02' + vector(3, b'\x03\x03' + bytes(32) + b'\0\xc0\x2b\0' +
                                    vector(2, u16(16) + vector(2, vector(2, vector(1, b'h2')))))
    chain = b''.join(vector(3, value) for value in certificates().values())
    flight = server_hello + b'\x0b' + vector(3, vector(3, chain)) + b'\x0e\0\0\0'
    change = b'\x14\x03\x03\0\x01\x01'
    streams = {'hello': hello(201), 'records': hello_in_records(100), 'large': hello(1764),
               'flight': records(flight, 16384), 'flight-cut': records(flight, 61),
               'resumed': records(server_hello, 16384) + change + b'\x16\x03\x03\0\x28' + bytes(40),
               'again': hello(201) + change + hello(201) + b'\x17\x03\x03\0\x01a'}
    cut = {f'{name}-{step}': bytes([step]) + stream for name, stream in streams.items() for step in (0, 99)}
    return {**cut, 'message': b'\0' + hello(201)[5:]}


def dtls_datagrams():
    """dtls_fuzz.cc: datagrams, and what stands before TLS in a stream"""
    datagrams = {name: bytes.fromhex(value) for name, value in literals('tests/unit/dtls_samples.hh').items()}
    return {**datagrams,
            'smtp': b'EHLO a\r\nSTARTTLS\r\n', 'imap': b'a1 STARTTLS\r\n', 'xmpp': b"<stream:stream to='a'><starttls/>",
            'postgresql': b'\0\0\0\x08\x04\xd2\x16\x2f', 'rdp': b'\x03\0\0\x13\x0e\xe0' + bytes(5) + b'\1\0\x08\0\1\0\0\0',
            'ldap': b'\x30\x1d\2\1\1\x77\x18\x80\x16' + b'1.3.6.1.4.1.1466.20037', 'proxy': b'PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\n',
            'mysql': b'\x20\0\0\1\x85\xaa' + bytes(30)}
