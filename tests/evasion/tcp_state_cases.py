"""TCP: how connections begin, end and begin again, and urgent bytes."""
from packets import ACK, FIN, PSH, RST, SYN, URG
from scene import HOST

LOW_HOPS = {'hops': 0}


def urgent(position, server_port, extra=b'Z'):
    """A byte put in at that place of the host name and marked urgent: Linux takes it out."""
    def run(scene):
        stream = scene.stream(server_port).open()
        at = HOST + position
        message = scene.request()
        with_byte = message[:at] + extra + message[at:]
        stream.send(0, with_byte, flags=ACK | PSH | URG, urgent=at + 1)
    return run


def urgent_in_its_own_segment(scene):
    stream, message = scene.stream(8000).open(), scene.request()
    stream.send(0, message[:HOST + 2]).wait()
    stream.send(HOST + 2, b'Z', flags=ACK | PSH | URG, urgent=1).wait()
    stream.send(HOST + 3, message[HOST + 2:])


def urgent_flag_without_pointer(scene):
    scene.stream().open().send(0, scene.request(), flags=ACK | PSH | URG)


def urgent_pointer_without_flag(scene):
    scene.stream().open().send(0, scene.request(), urgent=HOST + 3)


def urgent_pointer_far_ahead(scene):
    scene.stream(8000).open().send(0, scene.request(), flags=ACK | PSH | URG, urgent=30000)


def reset_first(**wrong):
    """A reset that the endpoint ignores, then the message."""
    def run(scene):
        stream, message = scene.stream(timestamps=wrong.get('timestamps', False)).open(), scene.request()
        stream.send(0, message[:HOST]).wait()
        fields = {name: value for name, value in wrong.items() if name not in ('timestamps', 'offset')}
        stream.send(wrong.get('offset', HOST), flags=fields.pop('flags', RST), **fields).wait()
        stream.send(HOST, message[HOST:])
    return run


def end_first(**wrong):
    def run(scene):
        stream, message = scene.stream().open(), scene.request()
        fields = dict(wrong)
        stream.send(fields.pop('offset'), flags=fields.pop('flags', FIN | ACK), **fields).wait()
        stream.send(0, message)
    return run


def syn_again(flags=SYN, offset=5000, data=b'', halfway=True):
    """A SYN on the open connection, with another number."""
    def run(scene):
        stream, message = scene.stream().open(), scene.request()
        begin = HOST if halfway else 0
        stream.send(0, message[:begin]).wait()
        stream.send(offset, data, flags=flags).wait()
        stream.send(begin, message[begin:])
    return run


def fin_with_data(scene):
    scene.stream().open().send(0, scene.request(), flags=FIN | ACK | PSH)


def fin_overtakes(scene):
    stream, message = scene.stream().open(), scene.request()
    stream.send(HOST, message[HOST:], flags=FIN | ACK | PSH)
    stream.send(0, message[:HOST])


def data_after_fin(scene):
    stream, message = scene.stream().open(), scene.request()
    stream.send(0, message[:HOST], flags=FIN | ACK | PSH).wait()
    stream.send(HOST + 1, message[HOST:])


def syn_data_not_taken(scene):
    """Without a cookie the data of a SYN are ignored; the endpoint gets other ones."""
    stream = scene.stream()
    stream.syn(scene.benign()).answered()
    stream.send(0, flags=ACK).send(0, scene.request())


def syn_data_taken(scene):
    stream = scene.stream(8000)
    stream.syn(scene.request()).answered()
    stream.send(0, flags=ACK)


def syn_data_sent_again(scene):
    stream = scene.stream()
    stream.syn(scene.request()).answered()
    stream.send(0, flags=ACK).send(0, scene.request())


def syn_twice(other_number):
    """Two SYNs; where their numbers differ, the second one is what the phone goes on with."""
    def run(scene):
        stream = scene.stream()
        stream.syn()
        stream.isn += other_number
        stream.syn().answered()
        stream.send(0, flags=ACK).send(0, scene.request())
    return run


def message_before_the_answer(scene):
    """The last acknowledgement of the handshake carries the message."""
    stream = scene.stream()
    stream.syn().answered()
    stream.send(0, scene.request())


def port_used_again(scene):
    """The first connection ends with a reset; the second, on the same ports, carries the name."""
    first = scene.stream().open()
    first.send(0, scene.benign()).wait()
    first.send(len(scene.benign()), flags=RST | ACK).wait()
    second = scene.stream()
    second.isn = first.isn + 100_000
    second.open().send(0, scene.request())


def port_used_again_after_fin(scene):
    first = scene.stream().open()
    first.send(0, scene.benign()).wait()
    first.send(len(scene.benign()), flags=FIN | ACK).wait(until_end=True)
    first.send(len(scene.benign()) + 1, flags=ACK).wait()
    second = scene.stream()
    second.isn = first.isn + 1_000_000
    second.open().send(0, scene.request())


CASES = [
    ('an urgent byte in the host name', urgent(4, 8000)),
    ('an urgent byte before the host name', urgent(0, 8000)),
    ('an urgent byte in the host name, for nginx', urgent(4, 80)),
    ('an urgent byte that stays in the stream', urgent(4, 8001)),
    ('an urgent byte in a segment of its own', urgent_in_its_own_segment),
    ('URG without a pointer', urgent_flag_without_pointer),
    ('an urgent pointer without URG', urgent_pointer_without_flag),
    ('an urgent pointer far ahead', urgent_pointer_far_ahead),
    ('a reset ahead of the stream', reset_first(offset=HOST + 7)),
    ('a reset far beyond the window', reset_first(offset=2**30)),
    ('a reset before the window', reset_first(offset=HOST - 5)),
    ('a reset with a wrong checksum', reset_first(checksum_error=5)),
    ('a reset with a wrong checksum and ACK', reset_first(checksum_error=5, flags=RST | ACK)),
    ('a reset whose hop limit is spent', reset_first(ip=LOW_HOPS)),
    ('a reset that the endpoint believes', reset_first()),
    ('a FIN far ahead, then the request', end_first(offset=3000)),
    ('a FIN without ACK, then the request', end_first(offset=0, flags=FIN)),
    ('a FIN with a wrong checksum, then the request', end_first(offset=0, checksum_error=9)),
    ('a FIN that the endpoint believes, then the request', end_first(offset=0)),
    ('a FIN with the request', fin_with_data),
    ('a FIN that overtakes the start of the request', fin_overtakes),
    ('data behind a FIN', data_after_fin),
    ('a SYN with another number, halfway', syn_again()),
    ('a SYN with another number, before the request', syn_again(halfway=False)),
    ('a SYN with another number and data', syn_again(data=b'GET / HTTP/1.1\r\n\r\n')),
    ('a SYN with a number before the window', syn_again(offset=-100_000)),
    ('a SYN with the number that comes next', syn_again(offset=HOST)),
    ('a SYN+ACK halfway', syn_again(flags=SYN | ACK)),
    ('data in a SYN that the endpoint ignores', syn_data_not_taken),
    ('data in a SYN that the endpoint takes', syn_data_taken),
    ('data in a SYN, sent again', syn_data_sent_again),
    ('the same SYN twice', syn_twice(0)),
    ('two SYNs with different numbers', syn_twice(7777)),
    ('the request in the last packet of the handshake', message_before_the_answer),
    ('ports used again after a reset', port_used_again),
    ('ports used again after both ends are done', port_used_again_after_fin),
]
