"""Two requests over HTTP/2 in clear text, answered the other way round; frames by scapy."""
import sys

sys.path.insert(0, '..')
from conversation import Conversation, write  # noqa: E402
from scapy.contrib import http2 as h2  # noqa: E402


def frame(stream, flags, payload):
    return bytes(h2.H2Frame(stream_id=stream, flags=flags) / payload)


def settings():
    return frame(0, set(), h2.H2SettingsFrame(settings=[h2.H2Setting(id=3, value=100)]))


def headers(table, text, stream):
    """text: lines "name: value" -> frames that end the stream"""
    return bytes(table.parse_txt_hdrs(text, stream_id=stream, register=lambda *_: True))


phone, server = h2.HPackHdrTable(), h2.HPackHdrTable()
talk = Conversation(server_port=8080).opens()
talk.phone_says(h2.H2_CLIENT_CONNECTION_PREFACE + settings())
talk.server_says(settings())
for number, path in ((1, b'/first'), (3, b'/second')):
    talk.phone_says(headers(phone, b':method GET\n:path ' + path + b'\n:scheme http\n:authority h2.example.org\n'
                            b'user-agent: phone/1.0\n', number))
talk.server_says(headers(server, b':status 404\ncontent-type: text/plain\n', 3))
talk.server_says(headers(server, b':status 200\ncontent-type: text/html\n', 1))
write(sys.argv[1], talk.closes().packets)
