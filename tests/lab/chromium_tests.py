"""A real browser through the tap: its hello, too long for one packet, is read, and its pages arrive."""

import json
import struct
import subprocess
from ipaddress import ip_address

import chromium
from bench import LISTED, require
from capture import Capture
from lab import INSIDE4, INSIDE6
from servers import QUIC4, QUIC6, WEB4, WEB6
from tap import program

# A hello with a post-quantum key share (1,184 bytes for ML-KEM-768, FIPS 203) is longer than a packet.
ONE_SEGMENT = 1460
ONE_INITIAL = 1200  # RFC 9000 section 14.1: the least size of a datagram with an Initial packet
GREASED = "GREASE or unknown"
IN_HANDSHAKE = "name-in-handshake"


def payloads(capture, protocol, port):
    """(source is inside, payload) of each packet of one IP protocol from or to a port, IPv4 and IPv6."""
    for frame in capture.frames():
        kind = struct.unpack_from("!H", frame, 12)[0]
        if kind == 0x0800:
            start, proto, inside = 14 + (frame[14] & 15) * 4, frame[23], frame[26:30] == ip_address(INSIDE4).packed
            end = 14 + struct.unpack_from("!H", frame, 16)[0]
        elif kind == 0x86DD:
            start, proto, inside = 54, frame[20], frame[22:38] == ip_address(INSIDE6).packed
            end = 54 + struct.unpack_from("!H", frame, 18)[0]
        else:
            continue
        if proto == protocol and port in struct.unpack_from("!HH", frame, start):
            header = (frame[start + 12] >> 4) * 4 if protocol == 6 else 8
            yield inside, frame[start + header:end]


def long_hello(capture):
    """RFC 8446 section 5.1: a handshake record that begins in a segment and does not end there."""
    return any(inside and data[:2] == b"\x16\x03" and struct.unpack_from("!H", data, 3)[0] + 5 > len(data)
               for inside, data in payloads(capture, 6, 443) if len(data) > 5)


def long_initial(capture):
    """Two full datagrams with the destination that the client made up, which is the server's own as soon as it has heard
    of that (RFC 9000 section 7.2): one would do for a hello that fits."""
    to = [data[6:6 + data[5]] for inside, data in payloads(capture, 17, 443)
          if inside and len(data) >= ONE_INITIAL and data[0] & 0x80]
    return to.count(to[0]) >= 2 if to else False


def replayed(capture):
    """What `sluice replay` says of that traffic: flows are recorded there, by how much of each was visible."""
    eve = capture.path.with_suffix(".eve")
    subprocess.run([program("sluice"), "replay", "--inside", f"{INSIDE4}/32", "--inside", f"{INSIDE6}/128", "--eve", eve,
                    capture.path], check=True, stdout=subprocess.DEVNULL)
    return [json.loads(line) for line in eve.read_text().splitlines()]


def visits(quic, addresses, is_long, what):
    def test(bench):
        with Capture(bench.lab, "inside", "inside0") as capture, bench.alerts() as alerts:
            pages = [chromium.visit(bench.lab, "inside", f"https://{LISTED}/page", address, quic)
                     for address in addresses]
        require(all(pages), f"Chromium did not get its pages: {pages}")
        require(is_long(capture), "the browser's hello fits into one packet: this proves nothing any more")
        seen = {(alert["app_proto"], ip_address(alert["dest_ip"])) for alert in alerts
                if alert["sluice"]["stage"] == IN_HANDSHAKE and alert["sluice"]["matched"]["value"] == LISTED}
        wanted = {(what, ip_address(address)) for address in addresses}
        require(seen == wanted, f"found {seen} and not {wanted}")
        events = replayed(capture)
        views = {event["sluice"].get("ech", {}).get("view") for event in events
                 if event["event_type"] == what and event[what].get("sni") == LISTED}
        require(views == {GREASED}, f"Chromium sends everyone an Encrypted ClientHello for no key; seen as {views}")
        spoken = {alpn for event in events if event["event_type"] == what for alpn in event[what].get("server_alpns", [])}
        require(quic or spoken == {"h2"}, f"Chromium and the server spoke {spoken}, not HTTP/2")
        visible = {event["sluice"]["visibility"] for event in events
                   if event["event_type"] == "flow" and event["app_proto"] == what}
        require(visible == {"name-only"}, f"such a connection is not opaque, its name is there; seen as {visible}")
    return test


TESTS = [
    ("a browser's name is found in a TLS hello of two segments", visits(False, (WEB4, WEB6), long_hello, "tls")),
    ("a browser's name is found in a QUIC hello of two datagrams", visits(True, (QUIC4, QUIC6), long_initial, "quic")),
]
