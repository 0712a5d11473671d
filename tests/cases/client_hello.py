"""A TLS ClientHello, built by hand from RFC 8446, for the scripts that make captures."""


def vector(length_bytes, content):
    return len(content).to_bytes(length_bytes, 'big') + content  # section 3.4


def extension(number, content):
    return number.to_bytes(2, 'big') + vector(2, content)  # section 4.2


def client_hello(name, padding=0, more=b'', protocols=(b'h2', b'http/1.1')):
    """-> the bytes of one TLS record; NAME None: it says none; PADDING bytes of RFC 7685 make it as long as those of
    current browsers; MORE: further extensions; PROTOCOLS: of ALPN"""
    names = () if name is None else (extension(0, vector(2, b'\0' + vector(2, name.encode('ascii')))),)  # RFC 6066 section 3
    alpn = vector(2, b''.join(vector(1, protocol) for protocol in protocols))  # RFC 7301 section 3.1
    versions = vector(1, b'\x03\x04\x03\x03')  # section 4.2.1: 1.3, 1.2
    groups = vector(2, b'\x00\x1d\x00\x17')  # section 4.2.7: x25519, secp256r1
    signatures = vector(2, b'\x04\x03\x08\x04')  # section 4.2.3
    key_share = vector(2, b'\x00\x1d' + vector(2, bytes(range(32))))  # section 4.2.8
    extensions = b''.join([*names, *([extension(16, alpn)] if protocols else []), extension(43, versions),
                           extension(10, groups), extension(13, signatures), extension(51, key_share), more])
    if padding:
        extensions += extension(21, bytes(padding))
    # section 4.1.2: legacy_version, random, legacy_session_id, cipher_suites, legacy_compression_methods, extensions
    body = (b'\x03\x03' + bytes(range(32)) + vector(1, bytes(32)) + vector(2, b'\x13\x01\x13\x02\xc0\x2f')
            + vector(1, b'\0') + vector(2, extensions))
    return b'\x16\x03\x01' + vector(2, b'\x01' + vector(3, body))  # sections 5.1 and 4
