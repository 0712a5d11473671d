"""IP: fragments of both versions, extension headers, options."""
import packets
from packets import ACK, PSH, TCP, UDP, fragment4, fragment6, ipv4, ipv6, options6
from scene import HOST


def message_of(scene, version=4, host=None):
    """(the IP protocol, the listed message as its datagram): a question by UDP."""
    return packets.udp(scene.ends(version), question(host or scene.name))


def question(name):
    labels = b''.join(bytes([len(label)]) + label.encode() for label in name.split('.'))
    return b'\x12\x34\1\0\0\1\0\0\0\0\0\0' + labels + b'\0\0\1\0\1'


def in_fragments(*cuts, order=None, version=4, transport=UDP, repeat=(), before=None):
    """The datagram cut at those places (multiples of eight), the fragments in that order."""
    def run(scene):
        source, target = scene.phone.address[version], scene.phone.server[version]
        if transport == UDP:
            datagram = message_of(scene, version)
        else:
            stream = scene.stream(version=version).open()
            datagram = stream.segment(0, scene.request())
        cut = fragment4 if version == 4 else fragment6
        edges = [0, *cuts, len(datagram)]
        pieces = list(zip(edges, edges[1:]))
        if before:
            before(scene, datagram)
        for n in [*(order or range(len(pieces))), *repeat]:
            scene.phone.send(cut(source, target, transport, datagram, scene.port, *pieces[n]))
    return run


def with_decoys(pieces, version=4):
    """Ranges of the listed (r) and the benign (b) datagram, sent as fragments of one."""
    def run(scene):
        source, target = scene.phone.address[version], scene.phone.server[version]
        texts = {'r': message_of(scene, version), 'b': message_of(scene, version, scene.decoy)}
        cut = fragment4 if version == 4 else fragment6
        for which, begin, end in pieces:
            end = len(texts['r']) if end is None else end
            scene.phone.send(cut(source, target, UDP, texts[which], scene.port, begin, end))
    return run


def whole(version=4, headers=b'', first=None, **fields):
    """One datagram behind these extension headers, or with these IPv4 fields."""
    def run(scene):
        source, target = scene.phone.address[version], scene.phone.server[version]
        datagram = message_of(scene, version)
        if version == 4:
            return scene.phone.send(ipv4(source, target, UDP, datagram, **fields))
        return scene.phone.send(ipv6(source, target, first if first is not None else UDP, headers + datagram, **fields))
    return run


def two_datagrams_of_one_number(scene):
    """The first fragment of a benign datagram that never becomes whole, then the listed one of the same number but for
    another protocol."""
    source, target = scene.phone.address[4], scene.phone.server[4]
    decoy = packets.tcp(scene.ends(), 1, 1, ACK, b'x' * 40)
    scene.phone.send(fragment4(source, target, TCP, decoy, scene.port, 0, 24))
    datagram = message_of(scene)
    for begin, end in ((0, 24), (24, len(datagram))):
        scene.phone.send(fragment4(source, target, UDP, datagram, scene.port, begin, end))


def padded_frame(scene):
    """Bytes behind the datagram that are no part of it."""
    source, target = scene.phone.address[4], scene.phone.server[4]
    scene.phone.send(ipv4(source, target, UDP, message_of(scene)) + b'padding of Ethernet')


def datagrams_interleaved(scene):
    source, target = scene.phone.address[4], scene.phone.server[4]
    real, decoy = message_of(scene), message_of(scene, host=scene.decoy)
    for begin, end in ((0, 16), (16, 32), (32, len(real))):
        for number, datagram in ((1, decoy), (2, real)):
            scene.phone.send(fragment4(source, target, UDP, datagram, scene.port + number, begin, end))


def tiny_first(scene):
    """Eight bytes of a TCP header in the first fragment (RFC 1858)."""
    stream = scene.stream().open()
    datagram = stream.segment(0, scene.request())
    source, target = scene.phone.address[4], scene.phone.server[4]
    for begin, end in ((0, 8), (8, 16), (16, len(datagram))):
        scene.phone.send(fragment4(source, target, TCP, datagram, scene.port, begin, end))


def segments_in_fragments(scene):
    """A request in two segments, each of them in two fragments, everything backwards."""
    stream, message = scene.stream().open(), scene.request()
    source, target = scene.phone.address[4], scene.phone.server[4]
    for number, (begin, end) in ((1, (HOST + 6, len(message))), (2, (0, HOST + 6))):
        datagram = stream.segment(begin, message[begin:end], ACK | PSH)
        for at, to in ((24, len(datagram)), (0, 24)):
            scene.phone.send(fragment4(source, target, TCP, datagram, scene.port * 2 + number & 0xFFFF, at, to))


HOP_BY_HOP, ROUTING, DESTINATION, FRAGMENT = 0, 43, 60, 44

CASES = [
    ('a question', whole()),
    ('a question over IPv6', whole(6)),
    ('a question in two fragments', in_fragments(24)),
    ('a question in two fragments, the later first', in_fragments(24, order=(1, 0))),
    ('a question in fragments of eight bytes', in_fragments(8, 16, 24, 32)),
    ('a question in fragments of eight bytes, backwards', in_fragments(8, 16, 24, 32, order=(4, 3, 2, 1, 0))),
    ('a question in three fragments, shuffled', in_fragments(16, 32, order=(1, 2, 0))),
    ('a question in fragments, each twice at the end', in_fragments(16, 32, order=(0, 1), repeat=(0, 1, 2))),
    ('a question over IPv6 in two fragments', in_fragments(24, version=6)),
    ('a question over IPv6 in two fragments, the later first', in_fragments(24, version=6, order=(1, 0))),
    ('a question over IPv6 in fragments of eight bytes, backwards',
     in_fragments(8, 16, 24, 32, version=6, order=(4, 3, 2, 1, 0))),
    ('a request in fragments', in_fragments(24, 48, transport=TCP)),
    ('a request in fragments, backwards', in_fragments(24, 48, transport=TCP, order=(2, 1, 0))),
    ('a request over IPv6 in fragments', in_fragments(24, 48, transport=TCP, version=6)),
    ('a request whose TCP header lies in three fragments', tiny_first),
    ('a request in two segments of two fragments each', segments_in_fragments),
    ('a benign first fragment, then the listed datagram', with_decoys([('b', 0, 24), ('r', 0, 24), ('r', 24, None)])),
    ('a benign last fragment, then the listed datagram', with_decoys([('b', 24, None), ('r', 24, None), ('r', 0, 24)])),
    ('a listed last fragment, then a benign one', with_decoys([('r', 24, None), ('b', 24, None), ('r', 0, 24)])),
    ('fragments that overlap with other bytes', with_decoys([('r', 0, 24), ('b', 16, 32), ('r', 24, None)])),
    ('fragments that overlap with the same bytes', with_decoys([('r', 0, 24), ('r', 16, 32), ('r', 32, None)])),
    ('a fragment within another', with_decoys([('r', 0, 32), ('b', 8, 16), ('r', 32, None)])),
    ('fragments over IPv6 that overlap', with_decoys([('r', 0, 24), ('b', 16, 32), ('r', 24, None)], 6)),
    ('a benign first fragment over IPv6', with_decoys([('b', 0, 24), ('r', 0, 24), ('r', 24, None)], 6)),
    ('two datagrams of one number', two_datagrams_of_one_number),
    ('two fragmented datagrams, interleaved', datagrams_interleaved),
    ('a datagram with IPv4 options', whole(options=b'\1\1\1\1')),
    ('a datagram with a record route option', whole(options=b'\x07\x07\x04\0\0\0\0\0')),
    ('a datagram with a source route, which Linux throws away', whole(options=b'\x83\x07\x04\0\0\0\0\0')),
    ('a datagram with the reserved flag', whole(flags_offset=0x8000)),
    ('a datagram of lowest hops', whole(hops=1)),
    ('a datagram with another type of service', whole(service=0xFF)),
    ('bytes behind the datagram', padded_frame),
    ('hop-by-hop options', whole(6, options6(UDP), HOP_BY_HOP)),
    ('destination options', whole(6, options6(UDP), DESTINATION)),
    ('hop-by-hop and destination options', whole(6, options6(DESTINATION) + options6(UDP), HOP_BY_HOP)),
    ('four headers of destination options', whole(6, options6(DESTINATION) * 3 + options6(UDP), DESTINATION)),
    ('destination options of 256 bytes', whole(6, options6(UDP, b'\1\xfc' + bytes(252)), DESTINATION)),
    ('an atomic fragment', whole(6, packets.fragment_header(UDP, 7, 0, False), FRAGMENT)),
    ('options before an atomic fragment', whole(6, options6(FRAGMENT) + packets.fragment_header(UDP, 7, 0, False),
                                                HOP_BY_HOP)),
    ('an empty routing header', whole(6, bytes([UDP, 0, 4, 0, 0, 0, 0, 0]), ROUTING)),
    ('a routing header with a segment left, which Linux refuses', whole(6, bytes([UDP, 0, 0, 1, 0, 0, 0, 0]), ROUTING)),
]
