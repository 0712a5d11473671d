"""TLS: records and handshake messages in pieces; OpenSSL says which server was asked for."""


def records(*sizes, rest=True, version=b'\3\1', cuts=(), backwards=False, padding=0):
    """The handshake message in records of those sizes, the last as long as it takes."""
    def run(scene):
        message = scene.hello(padding=padding)[5:]
        pieces, at = [], 0
        for size in sizes:
            pieces.append(message[at:at + size])
            at += size
        if rest:
            pieces.append(message[at:])
        data = b''.join(b'\x16' + version + len(piece).to_bytes(2, 'big') + piece for piece in pieces)
        send(scene, data, cuts, backwards)
    return run


def send(scene, data, cuts=(), backwards=False):
    stream = scene.stream(443).open()
    edges = [0, *cuts, len(data)]
    pieces = list(zip(edges, edges[1:]))
    for begin, end in reversed(pieces) if backwards else pieces:
        stream.send(begin, data[begin:end])


def on_port(port):
    def run(scene):
        scene.stream(port).open().send(0, scene.hello())
    return run


def segments(size, backwards=False, padding=0):
    def run(scene):
        data = scene.hello(padding=padding)
        send(scene, data, range(size, len(data), size), backwards)
    return run


def decoy_before(server_port=443, **wrong):
    """A whole benign hello that the endpoint throws away, then the listed one, which is longer."""
    def run(scene):
        stream = scene.stream(server_port).open()
        stream.send(0, scene.hello(scene.decoy), **wrong)
        stream.send(0, scene.hello(padding=300))
    return run


def capitals(scene):
    scene.stream(443).open().send(0, scene.hello(scene.name.upper()))


def record_of_another_kind_first(scene):
    """An empty alert, which OpenSSL does not take as a start."""
    send(scene, b'\x15\3\1\0\2\1\0' + scene.hello())


def halves_swapped(scene):
    data = scene.hello(padding=1500)
    stream = scene.stream(443).open()
    middle = len(data) // 2
    stream.send(middle, data[middle:])
    stream.send(0, data[:middle])


CASES = [
    ('a hello in two records', records(40)),
    ('a hello in records of one byte each at the start', records(1, 1, 1, 1)),
    ('a hello in records cut in the name', records(130)),
    ('a hello in two records and two segments', records(100, cuts=(60,))),
    ('a hello in two records and two segments, backwards', records(100, cuts=(60,), backwards=True)),
    ('a hello in many records', records(*[16] * 10)),
    ('a hello in records of seven bytes', records(*[7] * 25)),
    ('a record version of 3.3', records(version=b'\3\3')),
    ('a record version of 3.0', records(version=b'\3\0')),
    ('a record version of 3.4', records(version=b'\3\4')),
    ('a hello of 2 KB in one record, two segments', records(padding=1764, cuts=(1400,))),
    ('a hello of 2 KB in two records', records(1000, padding=1764, cuts=(700, 1400))),
    ('a hello of 6 KB', segments(1400, padding=5800)),
    ('a hello of 2 KB, the later half first', halves_swapped),
    ('a hello in segments of eight bytes', segments(8)),
    ('a hello in segments of sixteen bytes, backwards', segments(16, backwards=True)),
    ('a hello on another port', on_port(4443)),
    ('a name in capitals', capitals),
    ('an alert before the hello', record_of_another_kind_first),
    ('a benign hello with a wrong checksum first', decoy_before(checksum_error=77)),
    ('a benign hello without ACK first', decoy_before(flags=8)),
    ('a benign hello whose hop limit is spent first', decoy_before(ip={'hops': 0})),
    ('a benign hello signed with MD5 first', decoy_before(options=b'\x13\x12' + bytes(16))),
]
