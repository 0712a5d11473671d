#!/usr/bin/python3
"""Imports every public list that lies beside the checkout (../shared/feeds), where it lies there.

Each list is read once more here, by a few lines of Python that know nothing of the program, and what they find must be
what `sluice rules import` wrote: the same names, addresses and URLs, each once, no others. Files that no format fits
must be refused for the reason that stands here. What comes out must pass `sluice rules lint`.
"""
import argparse
import csv
import glob
import ipaddress
import json
import os
import re
import subprocess
import sys
import tempfile

from tally import Tally

HERE = os.path.dirname(os.path.abspath(__file__))
FEEDS = os.path.normpath(os.path.join(HERE, '../../shared/feeds'))
DATE = '2026-09-01'


def is_address(text):
    try:
        ipaddress.ip_network(text)
        return True
    except ValueError:
        return False


def normal(text):
    if is_address(text):
        return text if '/' in text else str(ipaddress.ip_address(text))
    return text if '/' in text else text.lower().rstrip('.')


def words_of_lines(paths):
    words = set()
    for path in paths:
        with open(path, encoding='utf8') as file:
            for line in file:
                word = re.split(r'\s+#', ' ' + line)[0].strip()
                if word and not word.startswith('#'):
                    words.add(normal(word))
    return words


def words_of_stix(paths):
    words = set()
    for path in paths:
        with open(path, encoding='utf8') as file:
            for one in json.load(file)['objects']:
                if one['type'] == 'indicator':
                    words |= {normal(word) for word in
                              re.findall(r"(?:domain-name|ipv[46]-addr):value ?= ?'([^']+)'", one['pattern'])}
    return words


def words_of_trails(paths):
    """-> what traffic can show: without ports and without what is no host"""
    words = set()
    for path in paths:
        with open(path, encoding='utf8') as file:
            for line in file:
                word = line.split(' #')[0].strip()
                if not word or word.startswith('#') or word.startswith('/') or re.search(r'[\\^$\[\](){}*]', word):
                    continue
                if '/' in word:
                    words.add(word)
                else:
                    words.add(normal(re.sub(r':\d+$', '', word)))
    return words


def words_of_json(paths):
    words = set()
    for path in paths:
        with open(path, encoding='utf8') as file:
            for one in json.load(file)['iocs']:
                if one['type'] in ('domain', 'ip4addr', 'ip6addr', 'cidr', 'freedns', 'sha1cert'):
                    words.add(normal(one['value']))
    return words


def words_of_table(paths):
    words = set()
    for path in paths:
        with open(path, encoding='utf8', newline='') as file:
            words |= {normal(row['indicator']) for row in csv.DictReader(file)}
    return words


def feed(pattern):
    return sorted(glob.glob(os.path.join(FEEDS, pattern)))


# name, format, files, the other reader, entries that SOURCES.md counts (None where it counts none; of network.csv it
# counts the header too),
# options
def lists():
    counts = {'xiaomi': (470, 356), 'huawei': (154, 121), 'oppo-realme': (440, 352), 'vivo': (227, 223),
              'samsung': (267, 199), 'apple': (102, 96), 'winoffice': (1941, 377), 'tiktok': (362, 360),
              'tiktok.extended': (454, 452), 'amazon': (606, 311), 'lgwebos': (1267, 18), 'roku': (162, 74)}
    for name, (domains, wildcard) in counts.items():
        yield f'hagezi/{name}', 'domains', feed(f'hagezi/native.{name}.domains.txt'), words_of_lines, domains, []
        yield f'hagezi/{name}/wildcard', 'wildcard', feed(f'hagezi/native.{name}.wildcard.txt'), words_of_lines, \
            wildcard, []
    yield 'hagezi/doh', 'domains', feed('hagezi/doh.domains.txt'), words_of_lines, 3856, []
    yield 'hagezi/doh/ips', 'domains', feed('hagezi/doh.ips.txt'), words_of_lines, 1703, []
    for name, count in (('domains', 1376), ('ipv4', 1975), ('ipv6', 1340)):
        yield f'dibdot/{name}', 'domains', feed(f'doh/dibdot_doh-{name}.txt'), words_of_lines, count, []
    for name, count in (('xiaomi', 9), ('huawei', 37), ('samsung', 4), ('apple', 19), ('windows', 24), ('roku', None),
                        ('alexa', None), ('sonos', None)):
        yield f'nextdns/{name}', 'domains', feed(f'nextdns/native.{name}.txt'), words_of_lines, count, []
    yield 'nextdns/cname', 'domains', feed('nextdns/cname-cloaking.txt'), words_of_lines, 35, []
    yield 'xiaomi-dns/block', 'domains', feed('unknownFalleN_xiaomi_dns_block.lst'), words_of_lines, 484, []
    yield 'mobiletrackers', 'domains', feed('craiu_mobiletrackers.txt'), words_of_lines, 973, []
    for name, count in (('2021-07-18_nso_pegasus', 1438), ('2021-12-16_cytrox_cytrox', 336),
                        ('2023-03-29_android_campaign_malware', 2183), ('2024-05-02_wintego_helios_wintego_helios', 175),
                        ('2024-12-16_serbia_novispy_novispy', 7)):
        yield f'amnesty/{name}', 'stix2', feed(f'amnesty/{name}.stix2'), words_of_stix, count, []
    for path in feed('amnesty/*.txt') + feed('mvt/*.txt'):
        if os.path.getsize(path):
            yield f'lines/{os.path.basename(path)}', 'domains', [path], words_of_lines, None, []
    for name, count in (('intellexa_predator_predator', 569), ('2023-04-11_quadream_kingspawn', 164),
                        ('2026-03-03_coruna_cryptowaters_coruna', 177), ('candiru_candiru', 125),
                        ('2023-06_01_operation_triangulation_operation_triangulation', 75),
                        ('2022-06-23_rcs_lab_rcs', 26), ('2024-12-25_eaglemsgspy_eaglemsgspy', 26),
                        ('ResidentBat_residentbat', 24), ('2023-07-25_wyrmspy_dragonegg_wyrmspy_dragonegg', 12),
                        ('2026-03-30_darksword_darksword', None)):
        yield f'mvt/{name}', 'stix2', feed(f'mvt/{name}.stix2'), words_of_stix, count, []
    yield 'stalkerware/network', 'abusech-csv', feed('stalkerware/network.csv'), words_of_table, 1034, []
    yield 'stalkerware/quad9', 'domains', feed('stalkerware/quad9_blocklist.txt'), words_of_lines, None, []
    yield 'stalkerware/tinycheck', 'tinycheck', feed('stalkerware/indicators-for-tinycheck.json'), words_of_json, \
        None, []
    yield 'tinycheck', 'tinycheck', feed('tinycheck/iocs.json'), words_of_json, None, []
    yield 'spyguard', 'tinycheck', feed('spyguard/iocs.json'), words_of_json, None, []
    yield 'maltrail', 'maltrail', feed('maltrail/*.txt'), words_of_trails, None, []


# Entries of a file, whatever became of each: taken, merged or left out.
ENTRIES = {'tinycheck': 3420, 'spyguard': 5069}
# Files that say what is allowed: SOURCES.md counts 13 names in the first; the others are counted here.
ALLOWED = [('xiaomi-dns/white', 'domains', 'unknownFalleN_xiaomi_dns_whitelist.lst', ['--allow']),
           ('tinycheck/white', 'tinycheck', 'tinycheck/whitelist.json', []),
           ('spyguard/white', 'tinycheck', 'spyguard/whitelist.json', [])]
# No list of indicators, or in a form that is no list: the reason, as the program says it.
REFUSED = [('mvt/cellebrite', 'stix2', 'mvt/cellebrite_cellebrite.stix2', 'not-on-the-wire'),
           ('mvt/index', 'stix2', 'mvt/indicators.yaml', 'no JSON'),
           ('mvt/empty', 'domains', 'mvt/ResidentBat_domains.txt', 'nothing was taken'),
           ('stalkerware/yaml', 'stix2', 'stalkerware/ioc.yaml', 'no JSON'),
           ('stalkerware/rules', 'abusech-csv', 'stalkerware/suricata.rules', 'names its columns'),
           ('slips/feeds', 'abusech-csv', 'slips/TI_feeds.csv', 'names its columns'),
           ('slips/ja3-feeds', 'abusech-csv', 'slips/JA3_feeds.csv', 'names its columns'),
           ('slips/own', 'abusech-csv', 'slips/own_malicious_JA3.csv', 'names its columns'),
           ('ja4/mapping', 'abusech-csv', 'ja4/ja4plus-mapping.csv', 'names its columns'),
           ('recog/dhcp', 'stix2', 'recog/dhcp_vendor_class.xml', 'no JSON'),
           ('recog/mdns', 'stix2', 'recog/mdns_device-info_txt.xml', 'no JSON'),
           ('recog/mdns-workstation', 'stix2', 'recog/mdns_workstation_txt.xml', 'no JSON')]


def run(program, folder, form, paths, options):
    out = os.path.join(folder, 'list.csv')
    for path in glob.glob(os.path.join(folder, '*')):
        os.unlink(path)
    done = subprocess.run([program, 'rules', 'import', '--format', form, '--date', DATE, '--json', '--licence', 'test',
                           '--output', out, *options, *paths], capture_output=True, text=True, errors='replace')
    return done, out


def rows_of(path):
    with open(path, encoding='utf8', newline='') as file:
        return list(csv.DictReader(line for line in file if not line.startswith('#')))


def judge(program, folder, name, form, paths, reader, count, options):
    """-> what is wrong, a note"""
    if not paths:
        return 'the files are not there', ''
    done, out = run(program, folder, form, paths, options)
    if done.returncode:
        return done.stderr[-2000:], ''
    report = json.loads(done.stdout)
    rows = rows_of(out)
    written = {normal(row['indicator']) for row in rows}
    # One label alone is no name that a list takes.
    expected = {word for word in reader(paths) if set('.:/') & set(word) or len(word) == 40}
    wrong = []
    if written != expected:
        wrong.append(f'missing: {sorted(expected - written)[:8]}, not in the list: {sorted(written - expected)[:8]}')
    # SOURCES.md counts lines: those that say the same, and those that are no name, too.
    malformed = sum(one['count'] for one in report['left_out'] if one['reason'] == 'malformed')
    if count is not None and len(rows) + report['merged'] + malformed != count:
        wrong.append(f"{len(rows)} rows and {report['merged']} merged, SOURCES.md counts {count}")
    if name in ENTRIES and report['entries'] != ENTRIES[name]:
        wrong.append(f"{report['entries']} entries, SOURCES.md counts {ENTRIES[name]}")
    left_out = sum(one['count'] for one in report['left_out'])
    if report['entries'] != report['rows'] + report['merged'] + left_out + report['exceptions']:
        wrong.append('entries that are neither taken nor left out')
    if any(not row['source'] or not row['licence'] or not row['last_verified'] for row in rows):
        wrong.append('a row without source, licence or date')
    lint = subprocess.run([program, 'rules', 'lint', out], capture_output=True, text=True)
    if lint.returncode:
        wrong.append('rules lint: ' + lint.stderr[-1000:])
    return '\n'.join(wrong), f"{report['rows']} rows, {report['merged']} merged, {left_out} left out"


def judge_allowed(program, folder, form, path, options):
    done, out = run(program, folder, form, [os.path.join(FEEDS, path)], options)
    if done.returncode:
        return done.stderr[-2000:], ''
    beside = out.replace('.csv', '.exceptions.csv')
    rows = rows_of(beside)
    if form == 'tinycheck':
        with open(os.path.join(FEEDS, path), encoding='utf8') as file:
            expected = {normal(one['element']) for one in json.load(file)['elements']}
    else:
        expected = words_of_lines([os.path.join(FEEDS, path)])
    report = json.loads(done.stdout)
    refused = sum(one['count'] for one in report['left_out'])
    written = {normal(row['destination']) for row in rows}
    wrong = [] if written <= expected else [f'not in the list: {sorted(written - expected)[:8]}']
    if len(expected) - len(written) > refused:
        wrong.append(f'missing: {sorted(expected - written)[:8]}, {refused} were left out')
    if any(row['action'] != 'permit' for row in rows):
        wrong.append('an allowed name that is no permit')
    lint = subprocess.run([program, 'rules', 'lint', beside], capture_output=True, text=True)
    if lint.returncode:
        wrong.append('rules lint: ' + lint.stderr[-1000:])
    return '\n'.join(wrong), f'{len(rows)} exceptions, {refused} left out'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('pattern', nargs='?', default='')
    parser.add_argument('--build', required=True)
    arguments = parser.parse_args()
    program = os.path.join(os.path.abspath(arguments.build), 'control/sluice')
    tally = Tally('imports', arguments.pattern)
    known = list(lists())
    if not os.path.isdir(FEEDS):
        names = [one[0] for one in (*known, *ALLOWED, *REFUSED) if tally.wants(one[0])]
        print(f'!! {FEEDS} is absent: {len(names)} lists are NOT imported')
        for name in names:
            tally.skip(name, 'no list')
        return tally.end()
    with tempfile.TemporaryDirectory() as folder:
        for name, form, paths, reader, count, options in known:
            if tally.wants(name):
                wrong, note = judge(program, folder, name, form, paths, reader, count, options)
                tally.fail(name, wrong, note) if wrong else tally.ok(name, note)
        for name, form, path, options in ALLOWED:
            if tally.wants(name):
                wrong, note = judge_allowed(program, folder, form, path, options)
                tally.fail(name, wrong, note) if wrong else tally.ok(name, note)
        for name, form, path, reason in REFUSED:
            if tally.wants(name):
                done, _ = run(program, folder, form, [os.path.join(FEEDS, path)], [])
                if done.returncode and reason in done.stderr + done.stdout:
                    tally.ok(name, reason)
                else:
                    tally.fail(name, f'status {done.returncode}: {done.stdout[-800:]}{done.stderr[-800:]}')
    return tally.end()


if __name__ == '__main__':
    sys.exit(main())
