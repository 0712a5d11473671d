"""TCP: segments that an endpoint throws away, or reads although they look strange."""
import struct

from packets import ACK, FIN, PSH, RST, SYN, URG
from scene import HOST

MD5 = b'\x13\x12' + bytes(16)  # RFC 2385
AUTHENTICATION = b'\x1d\x10\x01\x01' + bytes(12)  # RFC 5925
LOW_HOPS = {'hops': 0}
WRONG_IP_SUM = {'checksum_error': 0x1234}
WRONG_VERSION = {'version': 6}


def decoy_first(wait=False, timestamps=False, ip=None, server_port=80, **wrong):
    """A benign message that the endpoint throws away, then the listed one at the same place."""
    def run(scene):
        stream = scene.stream(server_port, timestamps=timestamps).open()
        decoy, real = ((scene.benign(), scene.request()) if server_port == 80
                       else (scene.hello(scene.decoy), scene.hello()))
        stream.send(0, decoy, ip=ip, **wrong)
        if wait:
            stream.wait()
        stream.send(0, real)
    return run


def decoy_in_the_middle(ip=None, timestamps=False, **wrong):
    """The listed host name replaced in a segment that the endpoint throws away, between two good halves."""
    def run(scene):
        stream, message = scene.stream(timestamps=timestamps).open(), scene.request()
        stream.send(0, message[:HOST])
        stream.send(HOST, scene.decoy.encode(), ip=ip, **wrong)
        stream.send(HOST, message[HOST:HOST + len(scene.name)])
        stream.send(HOST + len(scene.name), message[HOST + len(scene.name):])
    return run


def old_timestamp(scene):
    stream = scene.stream(timestamps=True).open()
    stream.clock += 10_000
    stream.send(0, scene.request()[:10]).wait()
    stream.send(10, scene.benign()[10:], timestamp=100_000 - 50_000)
    stream.send(10, scene.request()[10:])


def keep_alive_with_a_garbage_byte(scene):
    stream, message = scene.stream().open(), scene.request()
    stream.send(0, message[:HOST]).wait()
    stream.send(HOST - 1, b'Z').wait()
    stream.send(HOST, message[HOST:])


def window_of_nothing(scene):
    """The phone shows no window; what it sends is read all the same."""
    scene.stream().open().send(0, scene.request(), window=0)


def simultaneous_flags(scene):
    """Flags that mean nothing here: ECE, CWR and the reserved ones."""
    scene.stream().open().send(0, scene.request(), flags=ACK | PSH | 0x40 | 0x80)


def without_push(scene):
    scene.stream().open().send(0, scene.request(), flags=ACK)


def options_of_all_kinds(scene):
    scene.stream().open().send(0, scene.request(), options=b'\1\1\x1e\4ab\xfd\4\xf9\x89\1\1')


def options_that_contradict_themselves(scene):
    scene.stream().open().send(0, scene.request(), options=b'\x08\x00ab')


def option_longer_than_the_header(scene):
    scene.stream().open().send(0, scene.request(), options=b'\x08\x28ab')


def header_of_sixty_bytes(scene):
    scene.stream().open().send(0, scene.request(), options=b'\1' * 40)


def short_header_length(scene):
    """A data offset below five, which the endpoint throws away, before the message."""
    stream = scene.stream().open()
    stream.send(0, scene.benign(), header_words=4)
    stream.send(0, scene.request())


def long_header_length(scene):
    stream = scene.stream().open()
    stream.send(0, b'', header_words=15)
    stream.send(0, scene.request())


def timestamps_stop(scene):
    """Agreed on, then left out: Linux reads on."""
    scene.stream(timestamps=True).open().send(0, scene.request(), timestamp=False)


def acknowledges_what_was_not_sent(scene):
    stream = scene.stream().open()
    stream.send(0, scene.benign(), acknowledgement=stream.server_next + 50_000).wait()
    stream.send(0, scene.request())


def acknowledges_long_ago(scene):
    stream = scene.stream().open()
    stream.send(0, scene.benign(), acknowledgement=stream.server_next - 2**30).wait()
    stream.send(0, scene.request())


def beyond_the_window(scene):
    """Other bytes at the message's place, with numbers a full circle away from the window."""
    stream = scene.stream().open()
    stream.send(2**31 - 10, scene.benign()).wait()
    stream.send(0, scene.request())


CASES = [
    ('a decoy with a wrong checksum, then the request', decoy_first(checksum_error=0x0100)),
    ('a decoy with a wrong checksum, answered by nobody, then the request', decoy_first(wait=True, checksum_error=1)),
    ('a decoy hello with a wrong checksum, then the hello', decoy_first(server_port=443, checksum_error=0x0100)),
    ('a wrong checksum in the middle of the request', decoy_in_the_middle(checksum_error=0x2000)),
    ('a decoy without ACK flag, then the request', decoy_first(flags=0)),
    ('a decoy with PSH alone, then the request', decoy_first(flags=PSH)),
    ('a decoy with FIN alone, then the request', decoy_first(flags=FIN)),
    ('a decoy with URG and PSH alone, then the request', decoy_first(flags=URG | PSH)),
    ('a decoy hello without ACK flag, then the hello', decoy_first(server_port=443, flags=0)),
    ('a segment without ACK flag in the middle', decoy_in_the_middle(flags=PSH)),
    ('a decoy in a SYN of the open connection', decoy_first(flags=SYN)),
    ('a decoy in a SYN+ACK of the open connection', decoy_first(flags=SYN | ACK)),
    ('a decoy in SYN and FIN', decoy_first(flags=SYN | FIN)),
    ('a decoy in an out-of-window reset', decoy_first(flags=RST, acknowledgement=0)),
    ('a decoy signed with MD5', decoy_first(options=MD5)),
    ('a decoy signed with TCP-AO', decoy_first(options=AUTHENTICATION)),
    ('an MD5 signature in the middle', decoy_in_the_middle(options=MD5)),
    ('a decoy with an old timestamp', decoy_first(timestamps=True, timestamp=1)),
    ('an old timestamp in the middle', decoy_in_the_middle(timestamps=True, timestamp=1)),
    ('an old timestamp on the rest of the request', old_timestamp),
    ('a decoy with a timestamp of the future', decoy_first(timestamps=True, timestamp=100_000 + 2**31 + 10)),
    ('a decoy with a timestamp where none was agreed on', decoy_first(options=b'\x08\x0a' + struct.pack('!II', 1, 1))),
    ('timestamps that stop', timestamps_stop),
    ('a decoy with an acknowledgement of what was not sent', acknowledges_what_was_not_sent),
    ('a decoy with an acknowledgement of long ago', acknowledges_long_ago),
    ('a decoy half a circle of numbers away', beyond_the_window),
    ('a decoy whose hop limit is spent', decoy_first(ip=LOW_HOPS)),
    ('a hop limit that is spent, in the middle', decoy_in_the_middle(ip=LOW_HOPS)),
    ('a decoy with a wrong IP checksum', decoy_first(ip=WRONG_IP_SUM)),
    ('a decoy that says version 6 in an IPv4 header', decoy_first(ip=WRONG_VERSION)),
    ('a wrong IP checksum in the middle', decoy_in_the_middle(ip=WRONG_IP_SUM)),
    ('a decoy with a data offset below five', short_header_length),
    ('a data offset beyond the segment, then the request', long_header_length),
    ('a keep-alive with a byte of its own', keep_alive_with_a_garbage_byte),
    ('a window of nothing', window_of_nothing),
    ('flags that mean nothing here', simultaneous_flags),
    ('a request without PSH', without_push),
    ('options of all kinds', options_of_all_kinds),
    ('an option of length nothing', options_that_contradict_themselves),
    ('an option longer than the header', option_longer_than_the_header),
    ('a header of sixty bytes', header_of_sixty_bytes),
]
