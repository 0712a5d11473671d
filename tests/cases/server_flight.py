"""What a TLS 1.2 server answers a ClientHello with, built by hand from RFC 5246, for the scripts that make captures."""
from client_hello import extension, vector

# openssl x509 -req: serial 0x80ff, C=DE, OU=a + OU=b, CN=leaf, issued by C=DE, DC=example, CN=Test CA.
CERTIFICATE = bytes.fromhex(
    '308201543081fa02030080ff300a06082a8648ce3d0403023038310b300906035504061302444531173015060a0992268993f22c640119'
    '16076578616d706c653110300e06035504030c0754657374204341301e170d3236313132313134313532345a170d323631323231313431'
    '3532345a3032310b300906035504061302444531143008060355040b0c01613008060355040b0c0162310d300b06035504030c046c6561'
    '663059301306072a8648ce3d020106082a8648ce3d03010703420004d3f47f281b6cb9cc4b5728ea56be8ebc0c5a5294e91b362097d561'
    'ecf2d9eac9ec66c028098147d78e85f0079dc676aedb091556e4a014dd4143a924794605ab300a06082a8648ce3d040302034900304602'
    '2100aeaa23095970330fa8fb78c230e525f88f5aa55bdc4df4d9a30da28805709757022100d7088805b233e1a4abe15beb04b4800b4215'
    '77486821a0d2deb279561abea76e')


def server_flight(chain=(CERTIFICATE,), alpn=b'h2', record=16384):
    """-> ServerHello, Certificate and ServerHelloDone in records of at most RECORD bytes"""
    extensions = extension(0xff01, b'\0') + extension(16, vector(2, vector(1, alpn)))
    hello = b'\x03\x03' + bytes(range(32, 64)) + vector(1, b'') + b'\xc0\x2f\0' + vector(2, extensions)
    certificates = vector(3, b''.join(vector(3, der) for der in chain))
    messages = b'\x02' + vector(3, hello) + b'\x0b' + vector(3, certificates) + b'\x0e' + vector(3, b'')
    return b''.join(b'\x16\x03\x03' + vector(2, messages[at:at + record]) for at in range(0, len(messages), record))


CHANGE_CIPHER_SPEC = b'\x14\x03\x03\0\x01\x01'
APPLICATION_DATA = b'\x17\x03\x03\0\x04abcd'
