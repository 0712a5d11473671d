"""What stands on a link beside the traffic: mDNS, LLMNR, NetBIOS names, SSDP, ARP, neighbour discovery."""
import sys

sys.path.insert(0, '..')
from scapy.layers.dns import DNS, DNSQR, DNSRR, DNSRRSRV  # noqa: E402
from scapy.layers.inet import IP, UDP  # noqa: E402
from scapy.layers.inet6 import (ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6NDOptDstLLAddr,  # noqa: E402
                                ICMPv6NDOptRDNSS, ICMPv6NDOptSrcLLAddr, IPv6)
from scapy.layers.l2 import ARP, Ether  # noqa: E402
from scapy.layers.netbios import NBNSHeader, NBNSQueryRequest  # noqa: E402

from conversation import GATEWAY_MAC, PHONE_MAC, write  # noqa: E402


def says(payload, destination, port, source_port=None):
    return (Ether(src=PHONE_MAC, dst='ff:ff:ff:ff:ff:ff') / IP(src='192.168.1.10', dst=destination)
            / UDP(sport=source_port or port, dport=port) / payload)


service, instance, host = '_airplay._tcp.local', 'Annas iPad._airplay._tcp.local', 'Annas-iPad.local'
mdns = says(DNS(id=0, qr=1, aa=1, qd=None,
                an=DNSRR(rrname=service, type='PTR', rdata=instance)
                / DNSRRSRV(rrname=instance, port=7000, target=host)
                / DNSRR(rrname=instance, type='TXT', rdata=[b'model=iPad13,1', b'deviceid=02:00:00:00:00:01']),
                ar=DNSRR(rrname=host, rclass=0x8001, type='A', rdata='192.168.1.10')), '224.0.0.251', 5353)
question = says(DNS(id=0, qd=DNSQR(qname='_googlecast._tcp.local', qtype='PTR')), '224.0.0.251', 5353)
llmnr = says(DNS(id=7, rd=0, qd=DNSQR(qname='annas-pc')), '224.0.0.252', 5355, 50000)
netbios = says(NBNSHeader(NAME_TRN_ID=0x1234, NM_FLAGS=0x11, QDCOUNT=1) / NBNSQueryRequest(QUESTION_NAME=b'ANNAS-PC'),
               '192.168.1.255', 137)
ssdp = says(b'NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\nNTS: ssdp:alive\r\n'
            b'USN: uuid:0011-22::upnp:rootdevice\r\nSERVER: Linux/4.4 UPnP/1.0 TV/2\r\n'
            b'LOCATION: http://192.168.1.10/d.xml\r\n\r\n', '239.255.255.250', 1900)
arp = (Ether(src=PHONE_MAC, dst='ff:ff:ff:ff:ff:ff')
       / ARP(op=1, hwsrc=PHONE_MAC, psrc='192.168.1.10', hwdst='00:00:00:00:00:00', pdst='192.168.1.1'))
answer = (Ether(src=GATEWAY_MAC, dst=PHONE_MAC)
          / ARP(op=2, hwsrc=GATEWAY_MAC, psrc='192.168.1.1', hwdst=PHONE_MAC, pdst='192.168.1.10'))


def neighbour(source, destination, message):
    return Ether(src=PHONE_MAC, dst='33:33:00:00:00:01') / IPv6(src=source, dst=destination, hlim=255) / message


ask = neighbour('fe80::10', 'ff02::1:ff00:1', ICMPv6ND_NS(tgt='fe80::1') / ICMPv6NDOptSrcLLAddr(lladdr=PHONE_MAC))
told = neighbour('fe80::1', 'fe80::10', ICMPv6ND_NA(tgt='fe80::1') / ICMPv6NDOptDstLLAddr(lladdr=GATEWAY_MAC))
router = neighbour('fe80::1', 'ff02::1', ICMPv6ND_RA(routerlifetime=1800) / ICMPv6NDOptSrcLLAddr(lladdr=GATEWAY_MAC)
                   / ICMPv6NDOptRDNSS(dns=['2001:db8::53']))
write(sys.argv[1], [mdns, question, llmnr, netbios, ssdp, arp, arp.copy(), answer, ask, ask.copy(), told, router])
