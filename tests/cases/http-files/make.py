"""A page of 50 kB in chunks of gzip whose end names a phone, a form with two files, and a download that the connection's
end cuts short."""
import gzip
import sys

sys.path.insert(0, '..')
from conversation import Conversation, write  # noqa: E402

PAGE = b''.join(b'line %06d of a page\n' % i for i in range(2000)) + b'imei=123456789012345'
FORM = (b'--xyz\r\nContent-Disposition: form-data; name="a"; filename="one.txt"\r\n\r\none\r\n'
        b'--xyz\r\nContent-Disposition: form-data; name="b"; filename="two.exe"\r\n\r\nMZ two\r\n--xyz--\r\n')
CODED = gzip.compress(PAGE, mtime=0)

if __name__ == '__main__':
    talk = Conversation(server_port=80).opens()
    talk.phone_says(b'GET /pages/list.html?x=1 HTTP/1.1\r\nHost: a.example.org\r\n\r\n')
    talk.server_says(b'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n')
    for at in range(0, len(CODED), 1000):
        piece = CODED[at:at + 1000]
        talk.server_says(b'%x\r\n' % len(piece) + piece + b'\r\n')
    talk.server_says(b'0\r\n\r\n')
    talk.phone_says(b'POST /up HTTP/1.1\r\nHost: a.example.org\r\nContent-Type: multipart/form-data; boundary=xyz\r\n'
                    b'Content-Length: %d\r\n\r\n' % len(FORM))
    talk.phone_says(FORM[:100])
    talk.phone_says(FORM[100:])
    talk.server_says(b'HTTP/1.1 204 No Content\r\n\r\n')
    talk.phone_says(b'GET /get HTTP/1.1\r\nHost: a.example.org\r\n\r\n')
    talk.server_says(b'HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename="x"; '
                     b"filename*=UTF-8''%e2%82%ac.bin\r\nContent-Length: 1000\r\n\r\nshort")
    write(sys.argv[1], talk.closes().packets)
