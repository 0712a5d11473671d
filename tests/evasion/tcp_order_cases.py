"""TCP: the order of segments, and copies of bytes that differ."""
from scene import CONTENT, HOST

SELECTIVE = b'\4\2'


def in_pieces(*cuts, order=None, wait=False, server_port=80, version=4):
    """The message cut at those places, the pieces in that order."""
    def run(scene):
        message = scene.request() if server_port == 80 else scene.hello()
        stream = scene.stream(server_port, version=version).open()
        edges = [0, *(cut % len(message) for cut in cuts), len(message)]
        pieces = list(zip(edges, edges[1:]))
        for n in order or range(len(pieces)):
            begin, end = pieces[n]
            stream.send(begin, message[begin:end])
            if wait:
                stream.wait()
    return run


def byte_by_byte(step, backwards=False):
    def run(scene):
        message, stream = scene.request(), scene.stream().open()
        places = range(0, len(message), step)
        for at in reversed(places) if backwards else places:
            stream.send(at, message[at:at + step])
    return run


def overlap(first, second, then=()):
    """Ranges of the benign (b) or the listed (r) message, each (which, begin, end), sent one after the other."""
    def run(scene):
        stream = scene.stream().open()
        texts = {'r': scene.request(), 'b': scene.benign()}
        for which, begin, end in (first, second, *then):
            end = len(texts['r']) if end is None else end
            stream.send(begin, texts[which][begin:end])
    return run


def swapped_copies(scene):
    """The decoy comes first and is out of order; so are the pieces around it."""
    stream, real, decoy = scene.stream().open(), scene.request(), scene.benign()
    stream.send(HOST, decoy[HOST:HOST + 4])
    stream.send(HOST - 1, real[HOST - 1:HOST + 30])
    stream.send(HOST + 30, real[HOST + 30:])
    stream.send(0, real[:HOST])


def two_requests_second_listed(scene):
    stream = scene.stream().open()
    stream.send(0, scene.benign()).wait()
    stream.send(len(scene.benign()), scene.request())


def far_ahead_first(distance):
    """A byte far ahead, but in the endpoint's window, before the message."""
    def run(scene):
        stream = scene.stream().open()
        stream.send(distance, b'X' * 20)
        stream.send(0, scene.request())
    return run


def far_ahead_first_then_halves(scene):
    stream, message = scene.stream().open(), scene.request()
    stream.send(0, message[:HOST])
    stream.send(40_000, b'X' * 20)
    stream.send(HOST, message[HOST:])


def large_head(scene):
    """The host behind 7 KB of other fields."""
    message = (f'GET / HTTP/1.1\r\nX: {"x" * 900}\r\n' + f'X: {"x" * 900}\r\n' * 6 +
               f'Host: {scene.name}\r\n\r\n').encode()
    stream = scene.stream().open()
    for at in range(0, len(message), 1000):
        stream.send(at, message[at:at + 1000])
        stream.wait()


def holes(scene):
    """Every fourth byte first, then the others."""
    message, stream = scene.request(), scene.stream(options=b'\2\4\5\xb4' + SELECTIVE + b'\1\1').open()
    for phase in (3, 1, 2, 0):
        for at in range(phase, len(message), 4):
            stream.send(at, message[at:at + 1])


def every_segment_twice(scene):
    message, stream = scene.request(), scene.stream().open()
    for at in range(0, len(message), 8):
        stream.send(at, message[at:at + 8]).send(at, message[at:at + 8])


def growing_copies(scene):
    message, stream = scene.request(), scene.stream().open()
    for end in range(5, len(message) + 5, 5):
        stream.send(0, message[:end])


def shrinking_starts(scene):
    message, stream = scene.request(), scene.stream().open()
    for begin in range(len(message) - 1, -1, -6):
        stream.send(begin, message[begin:])
    stream.send(0, message)


def before_the_window(scene):
    stream, message = scene.stream().open(), scene.request()
    stream.send(0, message[:HOST]).wait()
    stream.send(0, scene.benign()[:HOST] + b'').wait()
    stream.send(HOST, message[HOST:])


def overlap_of_confirmed_bytes(scene):
    """A segment that begins in what was read and confirmed, with other bytes there, and ends in what is new."""
    stream, message = scene.stream().open(), scene.request()
    stream.send(0, message[:HOST]).wait()
    stream.send(HOST - 10, b'Z' * 10 + message[HOST:])


def signature(scene):
    """A listed signature's content, in two segments."""
    stream = scene.stream(8000).open()
    scene.content = CONTENT
    text = f'{scene.name} {CONTENT} '.encode()
    stream.send(0, text[:-9])
    stream.send(len(text) - 9, text[-9:])


def signature_out_of_order(scene):
    stream = scene.stream(8000).open()
    scene.content = CONTENT
    text = f'{scene.name} {CONTENT} '.encode()
    stream.send(len(text) - 9, text[-9:])
    stream.send(0, text[:-9])


CASES = [
    ('a request in one segment', in_pieces()),
    ('a request over IPv6', in_pieces(version=6)),
    ('a hello in one segment', in_pieces(server_port=443)),
    ('a request in two segments, cut in the host name', in_pieces(HOST + 5)),
    ('a request in two segments, the later first', in_pieces(HOST + 5, order=(1, 0))),
    ('a request cut behind its first byte', in_pieces(1)),
    ('a request cut before its last byte', in_pieces(-1)),
    ('a request cut before its last byte, which comes first', in_pieces(-1, order=(1, 0))),
    ('a request in three segments, backwards', in_pieces(10, 30, order=(2, 1, 0))),
    ('a request in three segments, the middle one last', in_pieces(10, 30, order=(0, 2, 1))),
    ('a request in three segments, the middle one first', in_pieces(10, 30, order=(1, 0, 2))),
    ('a request in four segments, odd ones first', in_pieces(8, 24, 40, order=(1, 3, 0, 2))),
    ('a request in two segments, each waited for', in_pieces(HOST + 5, wait=True)),
    ('a hello cut in the server name', in_pieces(140, server_port=443)),
    ('a hello cut in the server name, the later half first', in_pieces(140, server_port=443, order=(1, 0))),
    ('a hello cut behind the record header', in_pieces(5, server_port=443)),
    ('a hello cut inside the record header', in_pieces(3, server_port=443)),
    ('a hello in four pieces, backwards', in_pieces(5, 60, 140, server_port=443, order=(3, 2, 1, 0))),
    ('a request byte by byte', byte_by_byte(1)),
    ('a request two bytes at a time', byte_by_byte(2)),
    ('a request in sevens, backwards', byte_by_byte(7, backwards=True)),
    ('a request in tens, backwards', byte_by_byte(10, backwards=True)),
    ('a request with more holes than most keep', holes),
    ('every segment twice', every_segment_twice),
    ('each segment a longer copy of the one before', growing_copies),
    ('each segment begins earlier than the one before', shrinking_starts),
    ('a head of 7 KB before the host', large_head),
    ('a copy of confirmed bytes', before_the_window),
    ('other bytes over confirmed ones, with new ones behind', overlap_of_confirmed_bytes),
    ('a wrong host first, out of order, then the whole in order',
     overlap(('b', HOST, None), ('r', 0, None))),
    ('a right host first, out of order, then a decoy in order',
     overlap(('r', HOST, None), ('b', 0, None))),
    ('a right host, then a wrong one at the same place, then the start',
     overlap(('r', HOST, None), ('b', HOST, None), (('r', 0, HOST),))),
    ('a wrong host, then a right one at the same place, then the start',
     overlap(('b', HOST, None), ('r', HOST, None), (('r', 0, HOST),))),
    ('a wrong host, then a longer right one from the same place',
     overlap(('b', HOST, HOST + 10), ('r', HOST, None), (('r', 0, HOST),))),
    ('a wrong host, then a right one that covers it',
     overlap(('b', HOST, HOST + 10), ('r', HOST - 3, None), (('r', 0, HOST - 3),))),
    ('a right host, then a wrong one that covers it',
     overlap(('r', HOST, HOST + 10), ('b', HOST - 3, None), (('r', 0, HOST - 3),))),
    ('a wrong host, then a right piece that begins before and ends within',
     overlap(('b', HOST + 2, None), ('r', HOST - 3, HOST + 12), (('r', 0, HOST - 3),))),
    ('a right host, then a wrong piece that begins within',
     overlap(('r', HOST - 3, HOST + 12), ('b', HOST + 2, None), (('r', 0, HOST - 3),))),
    ('a wrong host in a hole that the start overlaps',
     overlap(('b', HOST, HOST + 4), ('r', 0, HOST + 8), (('r', HOST + 8, None),))),
    ('a right host in a hole that a wrong start overlaps',
     overlap(('r', HOST, HOST + 20), ('b', 0, HOST + 8), (('r', HOST + 8, None),))),
    ('two wrong pieces that a right one covers',
     overlap(('b', HOST, HOST + 3), ('b', HOST + 6, HOST + 9), (('r', HOST - 1, None), ('r', 0, HOST - 1)))),
    ('copies swapped around a decoy', swapped_copies),
    ('a wrong copy of the whole after the request', overlap(('r', 0, None), ('b', 0, None))),
    ('a wrong copy of the first half, then the rest',
     overlap(('r', 0, HOST + 8), ('b', 0, HOST + 8), (('r', HOST + 8, None),))),
    ('a second request on the same connection', two_requests_second_listed),
    ('bytes far ahead, then the request', far_ahead_first(30_000)),
    ('bytes just beyond what is kept, then the request', far_ahead_first(9_000)),
    ('bytes far ahead between two halves', far_ahead_first_then_halves),
    ('a content in two segments', signature),
    ('a content in two segments, the later first', signature_out_of_order),
]
