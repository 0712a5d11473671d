"""A form with a photo is sent behind an Expect, and answered in chunks of gzip; pipelined behind it a HEAD; then a
WebSocket."""
import gzip
import sys

sys.path.insert(0, '..')
from conversation import Conversation, write  # noqa: E402

FORM = (b'--xyz\r\nContent-Disposition: form-data; name="imei"\r\n\r\n123456789012345\r\n'
        b'--xyz\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG'
        b'\r\n--xyz--\r\n')
BODY = gzip.compress(b'{"ok": true, "next": "phone-list"}', mtime=0)

talk = Conversation(server_port=80).opens()
talk.phone_says(b'POST /up?x=1 HTTP/1.1\r\nHost: Up.example.org:80\r\nReferer: http://b.example/\r\nExpect: 100-continue\r\n'
                b'Content-Type: multipart/form-data; boundary=xyz\r\nContent-Length: %d\r\n\r\n' % len(FORM))
talk.server_says(b'HTTP/1.1 100 Continue\r\n\r\n')
talk.phone_says(FORM + b'HEAD /b HTTP/1.1\r\nHost: up.example.org\r\n\r\n'
                b'GET /chat HTTP/1.1\r\nHost: up.example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
talk.server_says(b'HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Type: application/json; charset=utf-8\r\n'
                 b'Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n')
talk.server_says(b'%x\r\n' % len(BODY[:20]) + BODY[:20] + b'\r\n')
talk.server_says(b'%x\r\n' % len(BODY[20:]) + BODY[20:] + b'\r\n0\r\n\r\n')
talk.server_says(b'HTTP/1.1 200 OK\r\nContent-Length: 123456\r\n\r\n'
                 b'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
talk.phone_says(bytes.fromhex('818537fa213d7f9f4d5158'))  # "Hello", RFC 6455 section 5.7
write(sys.argv[1], talk.closes().packets)
