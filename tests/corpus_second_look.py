"""Asks tshark again about the values that the stored facts of a capture do not have.

The stored facts are capped (200 names a flow) and leave out HTTP requests whose body never came whole: tshark shows
such a request only when it does not wait for the body. Here nothing is capped, and nobody waits.
"""
import collections
import hashlib
import re
import shutil
import subprocess

LIMIT_S = 120
# tshark's field -> the kind of fact; host names of requests lose their port, as in the scorer
FIELDS = {'dns.qry.name': 'dns_names', 'dns.resp.name': 'dns_names', 'http.host': 'http_hosts',
          'tls.handshake.extensions_server_name': 'tls_sni', 'dtls.handshake.extensions_server_name': 'tls_sni',
          'tls.handshake.ja3': 'ja3', 'dtls.handshake.ja3': 'ja3',
          'tls.handshake.ja3s': 'ja3s', 'dtls.handshake.ja3s': 'ja3s',
          'tls.handshake.certificate': 'cert_sha1', 'dtls.handshake.certificate': 'cert_sha1'}
BETWEEN_FIELDS, BETWEEN_VALUES = '\x1e', '\x1f'
# A request whose headers go on in a segment that tshark does not take for a part of it shows in one of the two only.
# A message whose segments came in another order shows in the last one only.
PASSES = (('http.desegment_headers:TRUE',), ('http.desegment_headers:FALSE',),
          ('http.desegment_headers:TRUE', 'tcp.reassemble_out_of_order:TRUE'))


def available():
    return shutil.which('tshark') is not None


def shown(capture):
    """-> {kind: all values that tshark shows for that capture, lower case, without a trailing dot}"""
    found = collections.defaultdict(set)
    for options in PASSES:
        command = ['tshark', '-r', capture, '-o', 'http.desegment_body:FALSE', '-o', 'tcp.desegment_tcp_streams:TRUE',
                   *(word for option in options for word in ('-o', option)), '-Y', 'dns or http or tls or dtls', '-T', 'fields', '-E', 'occurrence=a',
                   '-E', f'separator={BETWEEN_FIELDS}', '-E', f'aggregator={BETWEEN_VALUES}']
        command += [word for field in FIELDS for word in ('-e', field)]
        # A capture that is cut in mid-packet gives an exit status other than 0 after everything that can be shown.
        done = subprocess.run(command, capture_output=True, text=True, errors='replace', timeout=LIMIT_S)
        for line in done.stdout.split('\n'):
            columns = line.split(BETWEEN_FIELDS)
            if len(columns) != len(FIELDS):
                continue
            for kind, column in zip(FIELDS.values(), columns):
                for value in filter(None, column.split(BETWEEN_VALUES)):
                    if kind == 'cert_sha1':  # tshark shows the certificate itself
                        value = hashlib.sha1(bytes.fromhex(value.replace(':', ''))).hexdigest()
                    name = value.strip().lower().rstrip('.')
                    found[kind].add(re.sub(r':\d+$', '', name) if kind == 'http_hosts' else name)
    return found


def still_false(rows, path_of):
    """ROWS [(kind, value, capture)] without those that tshark confirms; PATH_OF(capture) -> file"""
    captures = {capture for kind, _, capture in rows if kind in FIELDS.values()}
    facts = {capture: shown(path_of(capture)) for capture in captures}
    return [row for row in rows if row[1] not in facts.get(row[2], {}).get(row[0], ())]
