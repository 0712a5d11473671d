"""Tunnels, built by hand from their documents, for the scripts that make captures.

Each of TUNNELS takes an IP packet and the way that it goes ('up' from the device) and gives a frame.
"""
import ipaddress
import struct

MACS = {'up': bytes.fromhex('020000000002020000000001'), 'down': bytes.fromhex('020000000001020000000002')}
OUTER = {4: ('192.0.2.1', '192.0.2.254'), 6: ('2001:db8:ffff::1', '2001:db8:ffff::fe')}
NETWORK = 4711  # VNI, VSID


def checksum(data):
    """RFC 1071"""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f'>{len(data) // 2}H', data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def addresses(version, way, ends):
    source, destination = ends if way == 'up' else reversed(ends)
    return ipaddress.ip_address(source).packed, ipaddress.ip_address(destination).packed


def ip(version, way, protocol, payload, ends=None, identification=0, fragment=0):
    """RFC 791, RFC 8200; `fragment`: flags and offset of IPv4"""
    source, destination = addresses(version, way, ends or OUTER[version])
    if version == 6:
        return struct.pack('>IHBB', 0x60000000, len(payload), protocol, 64) + source + destination + payload
    head = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + len(payload), identification, fragment, 64, protocol, 0, source,
                       destination)
    return head[:10] + struct.pack('>H', checksum(head)) + head[12:] + payload


def with_checksum(version, way, protocol, segment, ends, at):
    """the transport checksum, under its pseudo-header, put into SEGMENT"""
    source, destination = addresses(version, way, ends)
    value = checksum(source + destination + struct.pack('>IHBB', len(segment), 0, 0, protocol) + segment)
    return segment[:at] + struct.pack('>H', value or 0xffff) + segment[at + 2:]


def udp(version, way, ports, payload, ends=None):
    source, destination = ports if way == 'up' else reversed(ports)
    segment = struct.pack('>4H', source, destination, 8 + len(payload), 0) + payload
    return ip(version, way, 17, with_checksum(version, way, 17, segment, ends or OUTER[version], 6), ends)


def ethernet(packet, way, tags=b'', kind=None):
    version = packet[0] >> 4
    return MACS[way] + tags + struct.pack('>H', kind or (0x0800 if version == 4 else 0x86dd)) + packet


def kind_of(packet):
    return 0x0800 if packet[0] >> 4 == 4 else 0x86dd


def ppp(packet):
    """RFC 1661, RFC 1332, RFC 5072"""
    return struct.pack('>H', 0x0021 if packet[0] >> 4 == 4 else 0x0057) + packet


def gre(flags, kind, options, payload):
    head = struct.pack('>HH', flags, kind) + options
    if flags & 0x8000:  # RFC 2784 section 2.1: the checksum over header and payload
        head = head[:4] + struct.pack('>H', checksum(head + payload)) + head[6:]
    return head + payload


class Tunnel:
    def __init__(self, kinds, wrap, outer=(4, 6), inner=(4, 6), network=None):
        self.kinds, self.outer, self.inner, self.network = kinds, outer, inner, network
        self.wrap = wrap  # (IP packet, way, version of the outer IP header) -> frame


def over_ip(protocol, wrap):
    return lambda packet, way, version: ethernet(ip(version, way, protocol, wrap(packet, way)), way)


def over_udp(ports, wrap, both_fixed=False):
    def frame(packet, way, version):
        source, destination = ports
        # What chooses its source port sends to the same port in both directions.
        used = (source, destination) if way == 'up' or both_fixed else (destination, source)
        return ethernet(udp(version, way, used, wrap(packet, way)), way)
    return frame


def bridged(packet, way):
    return ethernet(packet, way)


def mpls(labels, payload):
    """RFC 3032 section 2.1"""
    stack = b''.join(struct.pack('>I', label << 12 | (number == len(labels) - 1) << 8 | 64)
                     for number, label in enumerate(labels))
    return stack + payload


def labels(way):
    return [16001, 24001] if way == 'up' else [16002]


def pppoe(packet, way, version):
    """RFC 2516 section 4"""
    body = ppp(packet)
    return ethernet(struct.pack('>BBHH', 0x11, 0, 7, len(body)) + body, way, kind=0x8864)


def authentication_header(packet, way, version):
    """RFC 4302 section 2.2; an integrity value of 12 bytes; of the packet itself, so there is no outer one"""
    if packet[0] >> 4 == 4:
        header = struct.pack('>BBHII', packet[9], 4, 0, 0x1001, 1) + bytes(range(12))
        head = packet[:2] + struct.pack('>H', len(packet) + 24) + packet[4:9] + b'\x33\0\0' + packet[12:20]
        return ethernet(head[:10] + struct.pack('>H', checksum(head)) + head[12:] + header + packet[20:], way)
    header = struct.pack('>BBHII', packet[6], 4, 0, 0x1001, 1) + bytes(range(12))
    return ethernet(packet[:4] + struct.pack('>HB', len(packet) - 40 + 24, 51) + packet[7:40] + header + packet[40:], way)


def pptp(packet, way):
    """RFC 2637 section 4.1: key (length and call id), sequence and acknowledgement number"""
    body = b'\xff\x03' + ppp(packet)
    return struct.pack('>HHHHII', 0x3081, 0x880b, len(body), 9 if way == 'up' else 10, 5, 4) + body


def nvgre(packet, way):
    """RFC 7637 section 3.2"""
    return gre(0x2000, 0x6558, struct.pack('>I', NETWORK << 8 | 5), bridged(packet, way))


def erspan_2(packet, way):
    """draft-foschiano-erspan-03 section 4.2"""
    return gre(0x1000, 0x88be, struct.pack('>I', 77), struct.pack('>HHI', 0x1064, 0x1001, 0) + bridged(packet, way))


def erspan_3(packet, way):
    """section 4.3, with a platform specific subheader"""
    head = struct.pack('>HHIHH', 0x2064, 0x1001, 123456, 0, 0x0001) + bytes(8)
    return gre(0x1000, 0x22eb, struct.pack('>I', 77), head + bridged(packet, way))


def vxlan(packet, way):
    """RFC 7348 section 5"""
    return struct.pack('>II', 0x08000000, NETWORK << 8) + bridged(packet, way)


def vxlan_gpe(packet, way):
    """draft-ietf-nvo3-vxlan-gpe section 3"""
    return struct.pack('>II', 0x0c000000 | (1 if packet[0] >> 4 == 4 else 2), NETWORK << 8) + packet


def geneve(packet, way):
    """RFC 8926 section 3.4, with an option of 4 bytes of data"""
    return struct.pack('>BBHI', 2, 0, 0x6558, NETWORK << 8) + bytes.fromhex('0102800100000001') + bridged(packet, way)


def gtp_u(packet, way):
    """3GPP TS 29.281 section 5.1; the tunnel endpoint differs by direction"""
    return struct.pack('>BBHI', 0x30, 255, len(packet), 0x1111 if way == 'up' else 0x2222) + packet


def gtp_u_extended(packet, way):
    """with a sequence number and a PDU session container (type 0x85, 3GPP TS 38.415)"""
    body = struct.pack('>HBB', 1, 0, 0x85) + bytes([1, 0x10, 9, 0]) + packet
    return struct.pack('>BBHI', 0x36, 255, len(body), 0x1111 if way == 'up' else 0x2222) + body


def teredo(packet, way):
    """RFC 4380 section 5.1.1: as a relay sends it on"""
    return packet


def teredo_indications(packet, way):
    """authentication (nonce alone) and origin indication"""
    return bytes.fromhex('00010000' + '11' * 8 + '00' + '0000' + '63bf' + '3dffff9b') + packet


def l2tp_2(packet, way):
    """RFC 2661 section 3.1: length and sequence; tunnel and session differ by direction"""
    body = b'\xff\x03' + ppp(packet)
    tunnel = 3 if way == 'up' else 4
    return struct.pack('>HHHHHH', 0x4802, 12 + len(body), tunnel, tunnel + 10, 1, 1) + body


def l2tp_3(packet, way):
    """RFC 3931 section 4.1.1: a session id, a cookie of 4 bytes, the default sublayer"""
    return struct.pack('>III', 55 if way == 'up' else 66, 0xdeadbeef, 0x40000001) + bridged(packet, way)


def capwap(packet, way):
    """RFC 5415 section 4.3: a header of 8 bytes, an IEEE 802.3 frame"""
    return struct.pack('>II', 2 << 19 | 1 << 14 | 1 << 9, 0) + bridged(packet, way)


TUNNELS = {
    'none': Tunnel([], lambda packet, way, version: ethernet(packet, way), outer=(4,)),
    'vlan': Tunnel([], lambda packet, way, version: ethernet(packet, way, b'\x81\0\0\x2a'), outer=(4,)),
    'qinq': Tunnel([], lambda packet, way, version: ethernet(packet, way, b'\x88\xa8\0\x64\x81\0\0\x2a'), outer=(4,)),
    'ah': Tunnel([], authentication_header, outer=(4,)),
    'mpls': Tunnel(['mpls'], lambda packet, way, version: ethernet(mpls(labels(way), packet), way, kind=0x8847),
                   outer=(4,)),
    'mpls-pseudowire': Tunnel(['mpls'], lambda packet, way, version: ethernet(
        mpls(labels(way), bytes(4) + bridged(packet, way)), way, kind=0x8847), outer=(4,)),
    'pppoe': Tunnel(['pppoe'], pppoe, outer=(4,)),
    'gre': Tunnel(['gre'], over_ip(47, lambda packet, way: gre(0, kind_of(packet), b'', packet))),
    'gre-all-fields': Tunnel(['gre'], over_ip(47, lambda packet, way: gre(
        0xb000, kind_of(packet), struct.pack('>III', 0, 99 if way == 'up' else 98, 7), packet))),
    'gre-mpls': Tunnel(['gre', 'mpls'], over_ip(47, lambda packet, way: gre(0, 0x8847, b'', mpls([33], packet)))),
    'nvgre': Tunnel(['gre'], over_ip(47, nvgre), network=NETWORK),
    'pptp': Tunnel(['gre'], over_ip(47, pptp)),
    'erspan-1': Tunnel(['erspan'], over_ip(47, lambda packet, way: gre(0, 0x88be, b'', bridged(packet, way)))),
    'erspan-2': Tunnel(['erspan'], over_ip(47, erspan_2)),
    'erspan-3': Tunnel(['erspan'], over_ip(47, erspan_3)),
    'vxlan': Tunnel(['vxlan'], over_udp((49321, 4789), vxlan), network=NETWORK),
    'vxlan-8472': Tunnel(['vxlan'], over_udp((49321, 8472), vxlan), network=NETWORK),
    'vxlan-gpe': Tunnel(['vxlan'], over_udp((49321, 4790), vxlan_gpe), network=NETWORK),
    'geneve': Tunnel(['geneve'], over_udp((49321, 6081), geneve), network=NETWORK),
    'gtp-u': Tunnel(['gtp-u'], over_udp((2152, 2152), gtp_u)),
    'gtp-u-extended': Tunnel(['gtp-u'], over_udp((2152, 2152), gtp_u_extended)),
    'ip-in-ip': Tunnel(['ip-in-ip'], over_ip(4, lambda packet, way: packet), inner=(4,)),
    'ipv6-in-ip': Tunnel(['ipv6-in-ip'], over_ip(41, lambda packet, way: packet), inner=(6,)),
    'teredo': Tunnel(['teredo'], over_udp((51000, 3544), teredo, both_fixed=True), outer=(4,), inner=(6,)),
    'teredo-indications': Tunnel(['teredo'], over_udp((51000, 3544), teredo_indications, both_fixed=True), outer=(4,),
                                 inner=(6,)),
    'l2tp-2': Tunnel(['l2tp'], over_udp((1701, 1701), l2tp_2)),
    'l2tp-3': Tunnel(['l2tp'], over_ip(115, l2tp_3)),
    'l2tp-3-udp': Tunnel(['l2tp'], over_udp((1701, 1701), lambda packet, way: b'\0\3\0\0' + l2tp_3(packet, way))),
    'gre-in-udp': Tunnel(['gre'], over_udp((49321, 4754), lambda packet, way: gre(0, kind_of(packet), b'', packet))),
    'etherip': Tunnel(['etherip'], over_ip(97, lambda packet, way: b'\x30\0' + bridged(packet, way))),
    'mpls-in-ip': Tunnel(['mpls'], over_ip(137, lambda packet, way: mpls(labels(way), packet))),
    'capwap': Tunnel(['capwap'], over_udp((51000, 5247), capwap, both_fixed=True)),
}


def nested(packet, way, version):
    """GTP-U in VXLAN in GRE, as an operator's mirror may show it"""
    inside = TUNNELS['gtp-u'].wrap(packet, way, 4)[14:]
    between = TUNNELS['vxlan'].wrap(inside, way, 4)[14:]
    return TUNNELS['gre'].wrap(between, way, version)


TUNNELS['nested'] = Tunnel(['gre', 'vxlan', 'gtp-u'], nested, network=NETWORK)
