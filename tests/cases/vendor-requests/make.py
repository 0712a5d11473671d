"""A phone speaks each clear-text protocol of a vendor that the lab knows (tests/lab/vendors.py), a connection each, and
Xiaomi's push."""
import sys
from urllib.parse import urlsplit

sys.path[:0] = ['..', '../../lab']
import vendors  # noqa: E402
import xiaomi_push  # noqa: E402
from conversation import Conversation, write  # noqa: E402

PUSH = xiaomi_push.Phone()


def request(exchange):
    """As curl would write it. -> address and port of the server, the bytes"""
    address = urlsplit(exchange.url)
    target = address.path + ('?' + address.query if address.query else '')
    lines = [f'{"POST" if exchange.body else "GET"} {target} HTTP/1.1', f'Host: {address.netloc}',
             f'User-Agent: {exchange.agent}', *exchange.headers]
    if exchange.body:
        lines.append(f'Content-Length: {len(exchange.body)}')
    server = address.hostname if address.hostname[0].isdigit() else '198.51.100.80'
    return server, address.port or 80, '\r\n'.join([*lines, '', '']).encode() + exchange.body


def packets():
    talks = []
    for number, exchange in enumerate(vendors.EXCHANGES.values()):
        server, port, said = request(exchange)
        talk = Conversation(server=server, phone_port=40000 + number, server_port=port).opens()
        half = len(said) // 2
        talk.phone_says(said[:half]).phone_says(said[half:])
        talk.server_says(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}')
        talks.append(talk.closes())
    push = Conversation(phone_port=41000, server_port=xiaomi_push.PORT).opens()
    talks.append(push.phone_says(xiaomi_push.hello(PUSH)).closes())
    return [packet for talk in talks for packet in talk.packets]


if __name__ == '__main__':
    write(sys.argv[1], packets())
