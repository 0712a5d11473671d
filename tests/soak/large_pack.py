"""The large pack: 1,000,000 domains, 100,000 addresses and 10,000 signatures that look like those people write, from a
seed. Names stand below `.example` and addresses in the ranges for documentation and benchmarks (RFC 2606, 5737, 2544,
3849), so that nothing of it is anybody's."""

import argparse
import csv
import random
from pathlib import Path

DOMAINS, ADDRESSES, SIGNATURES = 1_000_000, 100_000, 10_000
FILES = 3  # of domains: a list may have 64 MiB
SYLLABLES = ("ba be bi bo bu ca ce co cu da de di do du fa fe fi fo ga ge go ha he hi ho ja je jo ka ke ki ko la le li lo "
             "lu ma me mi mo mu na ne ni no nu pa pe pi po ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo wa wi "
             "za ze zi zo").split()
PREFIXES = ("api", "cdn", "log", "track", "stat", "push", "ad", "img", "m", "update", "data", "www", "edge", "collect")
CLASSES = ("telemetry", "advertising", "spyware-indicator", "known-c2-indicator")
HEADER = ("id", "indicator", "kind", "class", "recipient", "role", "purpose", "confidence", "source", "last_verified")
# A mix as rule sets have it: mostly HTTP and DNS, some TLS, some on bytes alone, some expressions and state.
PATTERNS = (
    (34, 'http', 'flow:established,to_server; http.method; content:"POST"; http.uri; content:"/{w1}/{w2}.php"; fast_pattern; '
                 'http.user_agent; content:"{W1}/{n}"; startswith;'),
    (14, 'http', 'flow:established,to_server; http.host; content:"{name}"; http.uri; content:"{w1}="; '
                 'pcre:"/[?&]{w1}=[0-9a-f]{{16,32}}$/";'),
    (22, 'dns', 'dns.query; dotprefix; content:".{name}"; nocase; endswith; fast_pattern;'),
    (12, 'tls', 'flow:established,to_server; tls.sni; content:"{name}"; nocase; bsize:{size};'),
    (8, 'tcp', 'flow:established,to_server; content:"|{x1} {x2} {x3} 00|{w1}"; offset:0; depth:32; content:"{w2}"; distance:0; '
               'within:64;'),
    (5, 'udp', 'dsize:>40; content:"|{x1} {x2} {x3} {x4}|"; depth:4; content:"{w1}{w2}"; within:40; distance:0;'),
    (3, 'http', 'flow:established,to_client; file.data; content:"{w1}{w2}{w3}"; pcre:"/{w3}[a-z0-9]{{4,12}}\\.exe/R";'),
    (2, 'http', 'flow:established,to_server; http.uri; content:"/{w1}{w2}/gate"; flowbits:set,{w1}{w2}; threshold:type limit, '
                'track by_src, count 1, seconds 60;'),
)


def word(random_, syllables):
    return "".join(random_.choices(SYLLABLES, k=syllables))


def write_domains(paths, count, random_):
    for part, path in enumerate(paths):
        with open(path, "w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(HEADER)
            for number in range(part, count, len(paths)):
                # The number makes it the only one of its name.
                name = f"{word(random_, random_.randint(2, 4))}{number}.{word(random_, 2)}.example"
                if random_.random() < 0.4:
                    name = f"{random_.choice(PREFIXES)}.{name}"
                kind = "domain" if random_.random() < 0.8 else "host"
                rows.writerow(("", name, kind, random_.choice(CLASSES), f"maker {number % 40}", "sdk", "made up",
                               random_.choice(("high", "medium", "low")), "the generator", "2026-01-01"))


def write_addresses(path, count, random_):
    """Rows of one class: a hit on an address alone says little."""
    chosen = random_.sample(range(2 << 16), min(count, 2 << 16))  # 198.18.0.0/15
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for number in chosen:
            address = f"198.{18 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"
            if number % 10 == 0:  # and some of IPv6
                address = f"2001:db8:{number >> 8:x}:{number & 255:x}::1"
            rows.writerow(("", address, "ip", "known-c2-indicator", "", "malware", "made up", "low", "the generator",
                           "2026-01-01"))


def write_signatures(path, count, random_):
    weights = [weight for weight, _, _ in PATTERNS]
    with open(path, "w", encoding="utf-8") as file:
        for number in range(count):
            _, protocol, pattern = random_.choices(PATTERNS, weights)[0]
            name = f"{word(random_, 3)}{number}.{word(random_, 2)}.example"
            words = {f"w{i}": word(random_, random_.randint(3, 5)) for i in (1, 2, 3)}
            bytes_ = {f"x{i}": f"{random_.randrange(256):02x}" for i in (1, 2, 3, 4)}
            options = pattern.format(name=name, size=len(name), n=random_.randint(1, 9), W1=words["w1"].capitalize(),
                                     **words, **bytes_)
            file.write(f'alert {protocol} any any -> any any (msg:"made up {number}"; {options} '
                       f'metadata:class known-c2-indicator, confidence medium; sid:{1_000_000 + number}; rev:1;)\n')


def write(directory, scale=1.0, seed=1):
    """The source files, `scale` of everything; returns their paths."""
    random_, directory = random.Random(seed), Path(directory)
    domains = [directory / f"domains-{part + 1}.csv" for part in range(FILES)]
    addresses, signatures = directory / "addresses.csv", directory / "signatures.rules"
    write_domains(domains, int(DOMAINS * scale), random_)
    write_addresses(addresses, int(ADDRESSES * scale), random_)
    write_signatures(signatures, int(SIGNATURES * scale), random_)
    return [*domains, addresses, signatures]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", help="where the files are written")
    parser.add_argument("--scale", type=float, default=1.0, help="so much of everything (1.0)")
    options = parser.parse_args()
    for path in write(options.directory, options.scale):
        print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
