"""Messages of HTTP: heads, coded bodies, HTTP/2 frames (RFC 9113), WebSocket frames (RFC 6455), forms (RFC 7578)."""
import gzip
import struct
import zlib

HTTP = {
    'get': b'GET /a?b=c HTTP/1.1\r\nHost: www.listed.example:80\r\nUser-Agent: seed\r\n\r\n',
    'two': b'GET / HTTP/1.1\r\nHost: a.example\r\n\r\nGET /2 HTTP/1.0\nHost: b.example\n\n',
    'length': b'POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\n\r\n',
    'chunked': b'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;e=1\r\nhello\r\n0\r\nT: t\r\n\r\n',
    'connect': b'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n',
    'absolute': b'GET http://user@[2001:db8::1]:8080/x HTTP/1.1\r\nHost:\r\n folded\r\n\r\n',
    'response': b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok',
    'until-close': b'HTTP/1.0 404 Not Found\r\n\r\nabc',
    'moved': b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Encoding: gzip, br\r\n'
             b'Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    'upgrade': b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n'
               b'Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n\x81\x02ok',
}


def coded_bodies():
    """the first byte chooses the codings of content_decode_fuzz.cc"""
    text = b'imei=123456789012345&' * 40
    bare = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = gzip.compress(text, mtime=0)
    brotli = bytes.fromhex('1ba700f845078766f1f9906130a81652ac142041f8c38a9a47560fdb50')
    return {'gzip': b'\0' + packed, 'members': b'\0' + packed * 2, 'zlib': b'\1' + zlib.compress(text),
            'deflate': b'\1' + bare.compress(text) + bare.flush(), 'brotli': b'\2' + brotli,
            'stacked': b'\3' + gzip.compress(packed, mtime=0), 'bomb': b'\0' + gzip.compress(bytes(10 ** 6), mtime=0)}


def followed_bodies():
    """the first byte chooses the codings of files_fuzz.cc, the second the pieces, the third a form"""
    form = websocket_frames()['form']
    bodies = {name: body[:1] + b'\x06\0' + body[1:] for name, body in coded_bodies().items()}
    return bodies | {'plain': b'\7\0\0GIF89a', 'form': b'\7\2\1' + form + form,
                     'coded-form': b'\0\4\1' + gzip.compress(form, mtime=0),
                     'name': b'\7\0\0Content-Disposition: attachment; filename*=utf-8\'\'%e2%82%ac\r\n\r\n'}


def http2_frame(kind, flags, stream, payload=b''):
    return struct.pack('>I', len(payload))[1:] + bytes([kind, flags]) + struct.pack('>I', stream) + payload


def http2_streams():
    """field blocks of RFC 7541 appendix C"""
    settings = http2_frame(4, 0, 0, struct.pack('>HI', 3, 100))
    block = bytes.fromhex('828684418cf1e3c2e5f23a6ba0ab90f4ff')
    again = bytes.fromhex('828684be5886a8eb10649cbf')
    answer = bytes.fromhex('488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c7'
                           '8f0b97c8e9ae82ae43d3')
    return {'settings': settings, 'preface': b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + settings,
            'requests': settings + http2_frame(1, 5, 1, block) + http2_frame(1, 5, 3, again),
            'pieces': http2_frame(1, 1, 1, block[:4]) + http2_frame(9, 4, 1, block[4:]),
            'padded': http2_frame(1, 0x2d, 1, b'\x02' + bytes(5) + block + bytes(2)),
            'answer': http2_frame(1, 4, 1, answer) + http2_frame(0, 9, 1, b'\1ok\0'),
            'promise': http2_frame(5, 4, 1, struct.pack('>I', 2) + block), 'table': http2_frame(1, 4, 1, b'\x3f\xe1\x1f')}


def websocket_frames():
    """RFC 6455 section 5.7, and a form"""
    return {'text': bytes.fromhex('810548656c6c6f'), 'masked': bytes.fromhex('818537fa213d7f9f4d5158'),
            'long': bytes.fromhex('827e0100') + bytes(256), 'compressed': bytes.fromhex('c107f248cdc9c90700'),
            'form': b'--b\r\nContent-Disposition: form-data; name="a"; filename="b.png"\r\n'
                    b'Content-Type: image/png\r\n\r\nx\r\n--b--\r\n'}
