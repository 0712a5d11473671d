"""What a case is given: a phone, a port of its own, a name that is listed and one of the same length that is not."""
import sys
from pathlib import Path

from sender import Stream

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'cases'))
from client_hello import client_hello  # noqa: E402

LISTED, BENIGN = 'listed.example', 'benign.example'
CONTENT = 'sluice-evasion-content'  # of a signature
FIRST_PORT = {'m': 20000, 'e': 30000}  # by run: connections of the one before may live


class Scene:
    def __init__(self, phone, run, number):
        self.phone, self.port = phone, FIRST_PORT[run] + number
        self.tag = f'{run}{number:03}'
        self.was_answered = True  # every connection that was to be made
        self.is_datagram = True  # no connection was
        self.content = ''  # what else the endpoint has to have read beside the name
        self.name, self.decoy = f'{self.tag}.{LISTED}', f'{self.tag}.{BENIGN}'

    def stream(self, server_port=80, **options):
        self.is_datagram = False
        return Stream(self.phone, self.port, server_port, **options)

    def request(self, host=None, extra='', target='/'):
        """An HTTP request; the host begins at byte HOST."""
        return (f'GET {target} HTTP/1.1\r\nHost: {host or self.name}\r\n{extra}User-Agent: e\r\n\r\n').encode()

    def benign(self):
        return self.request(self.decoy)

    def hello(self, name=None, padding=0):
        return client_hello(name or self.name, padding)

    def ends(self, version=4, server_port=53):
        return (self.phone.address[version], self.port, self.phone.server[version], server_port)


HOST = len('GET / HTTP/1.1\r\nHost: ')
