"""Connections that begin in clear text and go on in TLS."""
import sys

sys.path.insert(0, '..')
from client_hello import client_hello  # noqa: E402
from conversation import Conversation, write  # noqa: E402
from server_flight import APPLICATION_DATA, server_flight  # noqa: E402

# port: what is said before TLS, in turns; S = the server
TALKS = {
    ('smtp', 25): [('S', b'220 mx ESMTP\r\n'), ('C', b'EHLO phone\r\n'), ('S', b'250-mx\r\n250 STARTTLS\r\n'),
                   ('C', b'STARTTLS\r\n'), ('S', b'220 ready\r\n')],  # RFC 3207 section 7
    ('imap', 143): [('S', b'* OK IMAP4rev1\r\n'), ('C', b'a1 CAPABILITY\r\n'),
                    ('S', b'* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK done\r\n'), ('C', b'a2 STARTTLS\r\n'),
                    ('S', b'a2 OK begin\r\n')],  # RFC 9051 section 6.2.1
    ('pop3', 110): [('S', b'+OK ready\r\n'), ('C', b'STLS\r\n'), ('S', b'+OK begin\r\n')],  # RFC 2595 section 4
    ('xmpp', 5222): [('C', b"<?xml version='1.0'?><stream:stream to='example.org' version='1.0'>"),
                     ('S', b"<?xml version='1.0'?><stream:stream from='example.org'><stream:features>"
                           b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"),
                     ('C', b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
                     ('S', b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")],  # RFC 6120 section 9.1.1
    ('ftp', 21): [('S', b'220 files\r\n'), ('C', b'AUTH TLS\r\n'), ('S', b'234 go\r\n')],  # RFC 4217 section 12
    ('sql', 5432): [('C', bytes.fromhex('0000000804d2162f')), ('S', b'S')],  # PostgreSQL, SSLRequest
}
packets = []
for number, ((name, port), turns) in enumerate(TALKS.items()):
    talk = Conversation(phone_port=40000 + number, server_port=port).opens()
    for who, text in turns:
        (talk.server_says if who == 'S' else talk.phone_says)(text)
    talk.phone_says(client_hello(f'{name}.example.org')).server_says(server_flight())
    packets += talk.phone_says(APPLICATION_DATA).closes().packets
write(sys.argv[1], packets)
