"""Six requests, five packets each: of a phone of the press, and five of another phone."""
import sys

sys.path.insert(0, '..')
from conversation import Conversation, write  # noqa: E402


def request(phone, port, host):
    talk = Conversation(phone=phone, phone_port=port, server_port=80).opens()
    talk.phone_says(b'GET / HTTP/1.1\r\nHost: ' + host + b'\r\n\r\n')
    return talk.server_says(b'HTTP/1.1 204 No Content\r\n\r\n').packets


write(sys.argv[1], request('10.0.0.2', 40000, b'a.telemetry.example') + request('10.0.0.3', 40001, b'ads.example')
      + request('10.0.0.3', 40002, b'b.telemetry.example') + request('10.0.0.3', 40003, b'a.telemetry.example')
      + request('10.0.0.3', 40004, b'sound.example') + request('10.0.0.3', 40005, b'c2.example'))
