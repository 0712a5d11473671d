"""Messages by which devices say what they are, made from the RFCs: DHCPv6, NetBIOS names, SSDP, MQTT, NTP, STUN, SSH,
ARP and neighbour discovery; and what all of that comes to."""
import csv
import os
import struct

from seed_messages import ROOT, dns_name, u16, vector


def option(code, value):
    return u16(code) + vector(2, value)


def dhcpv6_messages():
    """RFC 8415 section 8"""
    duid = u16(3) + u16(1) + b'abcdef'
    address = option(5, bytes(16) + bytes(8))
    solicit = (b'\1\0\0\7' + option(1, duid) + option(6, u16(23) + u16(39)) + option(3, bytes(12) + address) +
               option(16, struct.pack('>I', 311) + vector(2, b'MSFT 5.0')) + option(15, vector(2, b'phones')) +
               option(39, b'\0' + dns_name('phone')))
    reply = b'\7\0\0\7' + option(1, duid) + option(2, duid) + option(23, bytes(32)) + option(4, bytes(4) + address)
    return {'solicit': solicit, 'reply': reply, 'relayed': b'\x0c\0' + bytes(32) + option(18, b'e') + option(9, solicit)}


def netbios_messages():
    """RFC 1002 section 4.2"""
    def name(text, suffix):
        plain = text.ljust(15).encode() + bytes([suffix])
        return vector(1, bytes(65 + half for byte in plain for half in (byte >> 4, byte & 15))) + b'\0'
    question = name('ANNA-PC', 0) + struct.pack('>2H', 32, 1)
    record = struct.pack('>2HIH', 32, 1, 300, 6) + bytes(6)
    node = b'\1' + b'ANNA-PC'.ljust(15) + b'\x20\4\0' + bytes(46)
    return {'query': struct.pack('>6H', 1, 0x0110, 1, 0, 0, 0) + question,
            'registration': struct.pack('>6H', 1, 0x2910, 1, 0, 0, 1) + question + b'\xc0\x0c' + record,
            'answer': struct.pack('>6H', 1, 0x8500, 0, 1, 0, 0) + name('ANNA-PC', 0) + record,
            'status': struct.pack('>6H', 1, 0x8400, 0, 1, 0, 0) + name('*', 0) +
                      struct.pack('>2HI', 33, 1, 0) + vector(2, node)}


def ssdp_messages():
    """UPnP Device Architecture 2.0, section 1"""
    return {'search': b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\n'
                      b'ST: ssdp:all\r\nUSER-AGENT: a/1\r\n\r\n',
            'notify': b'NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\nNTS: ssdp:alive\r\nUSN: uuid:1::upnp:rootdevice\r\n'
                      b'SERVER: Linux UPnP/1.0 a/1\r\nLOCATION: http://192.0.2.1/d.xml\r\n\r\n',
            'answer': b'HTTP/1.1 200 OK\r\nEXT:\r\nST: ssdp:all\nUSN: uuid:1\n\n'}


def mqtt_streams():
    """3.1.1 section 3.1"""
    def connect(name, version, flags, body):
        packet = vector(2, name) + bytes([version, flags, 0, 60]) + body
        return b'\x10' + vector(1, packet)
    texts = vector(2, b'topic') + vector(2, b'bye') + vector(2, b'user') + vector(2, b'password')
    return {'old': connect(b'MQIsdp', 3, 2, vector(2, b'id')),
            'will': connect(b'MQTT', 4, 0xc6, vector(2, b'id') + texts),
            'properties': connect(b'MQTT', 5, 0xc6, b'\5\x11\0\0\0\1' + vector(2, b'id') + b'\2\1\1' + texts)}


def ntp_datagrams():
    return {'client': b'\x23' + bytes(47), 'server': b'\x24\2' + bytes(10) + b'GPS\0' + bytes(32 + 20),
            'control': b'\x16\2' + bytes(10), 'private': b'\x17\0\3\x2a' + bytes(4)}


def stun_messages():
    """RFC 8489 sections 5 and 14"""
    def message(kind, attributes):
        return u16(kind) + u16(len(attributes)) + b'\x21\x12\xa4\x42' + bytes(range(12)) + attributes
    request = message(1, option(0x8022, b'name') + option(6, b'user'))
    return {'request': request,
            'success': message(0x101, option(0x20, b'\0\1' + bytes(6)) + option(1, b'\0\2' + bytes(18))),
            'framed': vector(2, request), 'two': request + message(0x113, option(9, b'\0\0\4\1'))}


def icmp_errors():
    """RFC 792, RFC 4443 section 3; the first byte says which"""
    udp = struct.pack('>4H', 5000, 9, 12, 0)
    quoted = struct.pack('>2B3H2BH', 0x45, 0, 32, 1, 0, 64, 17, 0) + bytes([192, 0, 2, 1, 198, 51, 100, 7]) + udp
    quoted_v6 = struct.pack('>IH2B', 0x60000000, 28, 0, 64) + bytes(32)
    options = bytes([60, 0, 1, 4, 0, 0, 0, 0])
    piece = bytes([17, 0, 0, 1, 0, 0, 0, 7])
    return {'exceeded': b'\0\x0b\0' + bytes(6) + quoted, 'unreachable': b'\0\3\3' + bytes(6) + quoted[:24],
            'too-big': b'\1\2\0' + bytes(6) + quoted_v6 + options + bytes([44]) + options[1:] + piece + udp}


def ech_answers():
    """RFC 9460 section 2.2, RFC 9848; the first byte says over what"""
    def answer(parameters, name=b'\xc0\x0c'):
        data = u16(1) + b'\0' + parameters
        return (u16(7) + bytes([0x81, 0xa0]) + u16(1) + u16(1) + u16(0) + u16(0) + b'\1a\0' + u16(65) + u16(1)
                + name + u16(65) + u16(1) + bytes(4) + vector(2, data))
    plain = answer(u16(5) + vector(2, b'keys'))
    between = answer(u16(0) + vector(2, u16(1) + u16(5)) + u16(1) + vector(2, b'\2h2') + u16(5) + vector(2, b'keys')
                     + u16(6) + vector(2, bytes(16)) + u16(65280) + vector(2, b''))
    return {'plain': b'\0' + plain, 'between': b'\0' + between, 'stream': b'\1' + vector(2, plain) + vector(2, between)}


def neighbour_messages():
    """RFC 826; RFC 4861 section 4, RFC 8106 section 5.1"""
    mac = b'\1\1abcdef'
    return {'arp': struct.pack('>2H2BH', 1, 0x0800, 6, 4, 1) + bytes(20), 'router': b'\x85\0' + bytes(6) + mac,
            'announcement': b'\x86\0' + bytes(14) + mac + b'\x19\3' + bytes(22),
            'solicitation': b'\x87\0' + bytes(22) + mac, 'advertisement': b'\x88\0' + bytes(22) + b'\2\1abcdef'}


def device_facts():
    """Facts of devices_fuzz.cc: a byte for the kind and the value, a line each; and the tables that it reads too."""
    with open(os.path.join(ROOT, 'control/devices/vendors.csv'), encoding='utf8') as file:
        table = [line for line in file if not line.startswith('#')]
    examples = [row['example'].encode() for row in csv.DictReader(table)]
    facts = {f'kind-{kind}': b''.join(bytes([kind]) + example + b'\n' for example in examples[kind::13])
             for kind in range(13)}
    parameters = bytes((1, 3, 6, 15, 26, 28, 51, 58, 59, 43))
    phone = (b'\0Redmi Note 9S', b'\1V12.5.2.0.RJWMIXM', b'\2android-dhcp-11', b'\3' + parameters,
             b'\6connect.rom.miui.com/generate_204', b'\x0c\0\x1b\x63\1\2\3')
    agents = (b'\5Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) Version/17.1',
              b'\5server-bag [iPhone OS,12.4,16G77,iPhone7,2]',
              b'\5Dalvik/1.6.0 (Linux; U; Android 4.4.4; MI 3W MIUI/V6.4.2.0.KXDMICB)',
              b'\5Mozilla/5.0 (Windows NT 10.0; Win64)', b'\5Mozilla/5.0 (Linux; Android 10; K) VivoBrowser/8.8')
    return {**facts, 'phone': b'\n'.join(phone), 'agents': b'\n'.join(agents), 'table': ''.join(table[:20]).encode(),
            'ieee': b'Registry,Assignment,Organization Name,Organization Address\nMA-L,001B63,"Apple, Inc.",x\n'
                    b'MA-M,8CC8F44,A,x\nMA-S,70B3D5A0C,B,x\n'}


def messages():
    return {'dhcpv6': dhcpv6_messages(), 'netbios': netbios_messages(), 'ssdp': ssdp_messages(),
            'mqtt': mqtt_streams(), 'ntp': ntp_datagrams(), 'stun': stun_messages(),
            'ssh': {'new': b'SSH-2.0-a_1 comment\r\nrest', 'old': b'SSH-1.5-1.2.27\n'},
            'neighbour': neighbour_messages(), 'icmp_quote': icmp_errors(),
            'ech': ech_answers(), 'devices': device_facts()}
