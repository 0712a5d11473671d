"""A phone joins an IPv6 network: DHCPv6 solicit, the same through a relay, and the answer."""
import sys

sys.path.insert(0, '..')
from scapy.layers.dhcp6 import (DHCP6_RelayForward, DHCP6_Reply, DHCP6_Solicit, DHCP6OptClientFQDN,  # noqa: E402
                                DHCP6OptClientId, DHCP6OptDNSServers, DHCP6OptIA_NA, DHCP6OptIAAddress,
                                DHCP6OptOptReq, DHCP6OptRelayMsg, DHCP6OptServerId, DHCP6OptVendorClass, DUID_LL,
                                VENDOR_CLASS_DATA)
from scapy.layers.inet import UDP  # noqa: E402
from scapy.layers.inet6 import IPv6  # noqa: E402
from scapy.layers.l2 import Ether  # noqa: E402

from conversation import GATEWAY_MAC, PHONE_MAC, write  # noqa: E402

solicit = (DHCP6_Solicit(trid=0x10874b) / DHCP6OptClientId(duid=DUID_LL(lladdr=PHONE_MAC))
           / DHCP6OptOptReq(reqopts=[23, 24, 39])
           / DHCP6OptVendorClass(enterprisenum=311, vcdata=[VENDOR_CLASS_DATA(data=b'MSFT 5.0')])
           / DHCP6OptClientFQDN(fqdn='annas-phone.example.'))
reply = (DHCP6_Reply(trid=0x10874b) / DHCP6OptClientId(duid=DUID_LL(lladdr=PHONE_MAC))
         / DHCP6OptServerId(duid=DUID_LL(lladdr=GATEWAY_MAC)) / DHCP6OptDNSServers(dnsservers=['2001:db8::53'])
         / DHCP6OptIA_NA(iaid=7, ianaopts=[DHCP6OptIAAddress(addr='2001:db8::5')]))
relayed = DHCP6_RelayForward(linkaddr='2001:db8:1::1', peeraddr='fe80::10') / DHCP6OptRelayMsg(message=solicit)


def sent(source, destination, sport, dport, message):
    return Ether(src=PHONE_MAC, dst=GATEWAY_MAC) / IPv6(src=source, dst=destination) / UDP(sport=sport, dport=dport) \
        / message


write(sys.argv[1], [sent('fe80::10', 'ff02::1:2', 546, 547, solicit),
                    sent('2001:db8:1::1', '2001:db8::1', 547, 547, relayed),
                    sent('fe80::1', 'fe80::10', 547, 546, reply)])
