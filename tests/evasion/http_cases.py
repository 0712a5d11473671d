"""HTTP as evaders write it; nginx says which host it took."""
from scene import HOST


def raw(template, cuts=(), server_port=80):
    """The bytes with HOST for the listed name and BENIGN for the other."""
    def run(scene):
        message = template.replace('HOST', scene.name).replace('BENIGN', scene.decoy).encode('latin1')
        stream = scene.stream(server_port).open()
        edges = [0, *cuts, len(message)]
        for begin, end in zip(edges, edges[1:]):
            stream.send(begin, message[begin:end])
    return run


def upper(scene):
    scene.stream().open().send(0, scene.request(scene.name.upper()))


def after_a_body(body_head, body):
    """A listed request behind a POST on the same connection."""
    def run(scene):
        first = (f'POST / HTTP/1.1\r\nHost: {scene.decoy}\r\n{body_head}\r\n\r\n').encode() + body
        stream = scene.stream().open()
        stream.send(0, first).wait()
        stream.send(len(first), scene.request())
    return run


def pipelined(scene):
    scene.stream().open().send(0, scene.benign() * 3 + scene.request())


def pipelined_cut(scene):
    message = scene.benign() * 3 + scene.request()
    stream = scene.stream().open()
    cut = len(scene.benign()) * 3 + HOST + 4
    stream.send(cut, message[cut:])
    stream.send(0, message[:cut])


END = 'User-Agent: e\r\n\r\n'
CASES = [
    ('a host in capitals', upper),
    ('a field name in capitals', raw('GET / HTTP/1.1\r\nHOST_: x\r\nhOsT: HOST\r\n' + END)),
    ('no blank behind the colon', raw('GET / HTTP/1.1\r\nHost:HOST\r\n' + END)),
    ('many blanks behind the colon', raw('GET / HTTP/1.1\r\nHost:          HOST\r\n' + END)),
    ('a tab behind the colon', raw('GET / HTTP/1.1\r\nHost:\tHOST\r\n' + END)),
    ('blanks behind the host', raw('GET / HTTP/1.1\r\nHost: HOST   \r\n' + END)),
    ('a port behind the host', raw('GET / HTTP/1.1\r\nHost: HOST:80\r\n' + END)),
    ('a dot behind the host', raw('GET / HTTP/1.1\r\nHost: HOST.\r\n' + END)),
    ('lines that end in LF alone', raw('GET / HTTP/1.1\nHost: HOST\nUser-Agent: e\n\n')),
    ('the line of the host ends in LF alone', raw('GET / HTTP/1.1\r\nHost: HOST\n' + END)),
    ('empty lines before the request', raw('\r\n\r\nGET / HTTP/1.1\r\nHost: HOST\r\n' + END)),
    ('the whole address in the request line', raw('GET http://HOST/ HTTP/1.1\r\nHost: HOST\r\n' + END)),
    ('another host in the request line', raw('GET http://HOST/ HTTP/1.1\r\nHost: BENIGN\r\n' + END)),
    ('a benign host in the request line', raw('GET http://BENIGN/ HTTP/1.1\r\nHost: HOST\r\n' + END)),
    ('HTTP/1.0', raw('GET / HTTP/1.0\r\nHost: HOST\r\n' + END)),
    ('a version of another number', raw('GET / HTTP/1.9\r\nHost: HOST\r\n' + END)),
    ('two hosts, the first listed', raw('GET / HTTP/1.1\r\nHost: HOST\r\nHost: BENIGN\r\n' + END)),
    ('two hosts, the second listed', raw('GET / HTTP/1.1\r\nHost: BENIGN\r\nHost: HOST\r\n' + END)),
    ('a method that nobody knows', raw('BREW / HTTP/1.1\r\nHost: HOST\r\n' + END)),
    ('HEAD', raw('HEAD / HTTP/1.1\r\nHost: HOST\r\n' + END)),
    ('OPTIONS of everything', raw('OPTIONS * HTTP/1.1\r\nHost: HOST\r\n' + END)),
    ('PUT with a body to come', raw('PUT / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 5\r\n\r\nabcde')),
    ('a body that is expected first', raw('POST / HTTP/1.1\r\nHost: HOST\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc')),
    ('a folded field before the host', raw('GET / HTTP/1.1\r\nX: a\r\n b\r\nHost: HOST\r\n' + END)),
    ('the host in a folded line', raw('GET / HTTP/1.1\r\nHost:\r\n HOST\r\n' + END)),
    ('a blank before the colon', raw('GET / HTTP/1.1\r\nHost : HOST\r\n' + END)),
    ('a field without a colon', raw('GET / HTTP/1.1\r\nnonsense\r\nHost: HOST\r\n' + END)),
    ('a field with bytes above 127', raw('GET / HTTP/1.1\r\nX: \xe4\xf6\xfc\r\nHost: HOST\r\n' + END)),
    ('blanks in the request line', raw('GET  /  HTTP/1.1\r\nHost: HOST\r\n' + END)),
    ('a user and a password before the host', raw('GET http://a:b@HOST/ HTTP/1.1\r\nHost: HOST\r\n' + END)),
    ('a target of 3 KB', raw('GET /' + 'x' * 3000 + ' HTTP/1.1\r\nHost: HOST\r\n' + END, cuts=(1400, 2800))),
    ('a hundred fields before the host', raw('GET / HTTP/1.1\r\n' + ''.join(f'X{n}: y\r\n' for n in range(90)) +
                                             'Host: HOST\r\n' + END)),
    ('a request behind a body', after_a_body('Content-Length: 10', b'0123456789')),
    ('a request behind a body that looks like a request', after_a_body(
        'Content-Length: 37', b'GET / HTTP/1.1\r\nHost: a.example\r\n\r\nXX')),
    ('a request behind a chunked body', after_a_body('Transfer-Encoding: chunked', b'5\r\nhello\r\n0\r\n\r\n')),
    ('a request behind a chunked body with extensions and a trailer', after_a_body(
        'Transfer-Encoding: chunked', b'5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n')),
    ('a request behind a body in capital hexadecimal', after_a_body('Transfer-Encoding: CHUNKED',
                                                                    b'A\r\n0123456789\r\n0\r\n\r\n')),
    ('four requests in one segment', pipelined),
    ('four requests in one segment, cut in the last', pipelined_cut),
]
