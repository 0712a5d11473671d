"""The same domains, each with all names below it, as rules of each program."""
import csv

# Suricata's protocol, its buffer, and whether case has to be put aside (it makes hosts of HTTP lower case itself).
BUFFERS = [('dns', 'dns.query', 'nocase; '), ('tls', 'tls.sni', 'nocase; '), ('quic', 'quic.sni', 'nocase; '),
           ('http', 'http.host', '')]


def shipped_domains(path):
    """-> the domains and hosts of a list that ships"""
    with open(path, encoding='utf8', newline='') as file:
        lines = (line for line in file if line.strip() and not line.startswith('#'))
        return sorted({row['indicator'] for row in csv.DictReader(lines) if row['kind'] in ('domain', 'host')})


def write_suricata(domains, path):
    with open(path, 'w', encoding='utf8') as file:
        sid = 0
        for domain in domains:
            for protocol, buffer, case in BUFFERS:
                sid += 1
                file.write(f'alert {protocol} any any -> any any (msg:"listed"; {buffer}; dotprefix; '
                           f'content:".{domain}"; {case}endswith; sid:{sid}; rev:1;)\n')


def write_ndpi(domains, path):
    with open(path, 'w', encoding='utf8') as file:
        file.writelines(f'host:"{domain}"@Listed\n' for domain in domains)


def write_sluice(domains, path):
    with open(path, 'w', encoding='utf8') as file:
        file.write('indicator,kind\n')
        file.writelines(f'{domain},domain\n' for domain in domains)
