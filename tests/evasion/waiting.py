"""Cases that what is not built yet would pass: SECTION/SENTENCE of `run.py`, and what they wait for. One that passes by now
is said to, and comes off this list."""

FRAGMENTS = 'fragments that are put together'
REQUEST_LINE = 'the host of a whole address in the request line'

WAITING = {
    'ip/a question in two fragments': FRAGMENTS,
    'ip/a question in two fragments, the later first': FRAGMENTS,
    'ip/a question in fragments of eight bytes': FRAGMENTS,
    'ip/a question in fragments of eight bytes, backwards': FRAGMENTS,
    'ip/a question in three fragments, shuffled': FRAGMENTS,
    'ip/a question in fragments, each twice at the end': FRAGMENTS,
    'ip/a question over IPv6 in two fragments': FRAGMENTS,
    'ip/a question over IPv6 in two fragments, the later first': FRAGMENTS,
    'ip/a question over IPv6 in fragments of eight bytes, backwards': FRAGMENTS,
    'ip/a request in fragments': FRAGMENTS,
    'ip/a request in fragments, backwards': FRAGMENTS,
    'ip/a request over IPv6 in fragments': FRAGMENTS,
    'ip/a request whose TCP header lies in three fragments': FRAGMENTS,
    'ip/a request in two segments of two fragments each': FRAGMENTS,
    'ip/a listed last fragment, then a benign one': FRAGMENTS,
    'ip/a fragment within another': FRAGMENTS,
    'ip/two datagrams of one number': FRAGMENTS,
    'ip/two fragmented datagrams, interleaved': FRAGMENTS,
    'http/another host in the request line': REQUEST_LINE,
}
