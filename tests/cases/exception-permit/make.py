"""The same request of two phones, five packets each, to a listed host."""
import sys

sys.path.insert(0, '..')
from conversation import Conversation, write  # noqa: E402


def request(phone):
    talk = Conversation(phone=phone, server_port=80).opens()
    talk.phone_says(b'GET / HTTP/1.1\r\nHost: a.telemetry.example\r\n\r\n')
    return talk.server_says(b'HTTP/1.1 204 No Content\r\n\r\n').packets


write(sys.argv[1], request('10.0.0.2') + request('10.0.0.3'))
