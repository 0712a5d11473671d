#!/usr/bin/python3
"""Makes spyware.csv, stalkerware.csv and c2.csv, and their examples, of public lists that may be passed on.

    rules/packs/from_feeds.py FOLDER

FOLDER holds a checkout of each repository of SOURCES, under its name, at the commit that stands there (lists of other
licences are not read). What is left out, and why, is printed. The choice is meant to be small and to hold:

* names and addresses with a report behind them, or of a list whose editors name one for each set;
* no public suffix, no name that many parties share, none of names that everybody visits, no name made of an address;
* addresses only where the report is younger than a year, and always with low confidence;
* one row a name: what stands below a listed name is found by that row.
"""
import csv
import datetime
import json
import os
import re
import sys

import row_examples

HERE = os.path.dirname(os.path.abspath(__file__))
# What is older than this many years on the day of the choice counts little: names change hands.
CHOSEN_ON = datetime.date(2026, 11, 21)
LOW_AFTER_YEARS = 4
ADDRESS_LASTS_DAYS = 365

# name of the folder: (public address, commit, licence, who is to be named)
SOURCES = {
    'amnesty': ('https://github.com/AmnestyTech/investigations', '3d8f248a0d015f183724ae7d096a5c46a8bb5fc7',
                'CC-BY-2.0', 'Amnesty International, AmnestyTech/investigations'),
    'mvt': ('https://github.com/mvt-project/mvt-indicators', 'e035f4fbdb8aedb46a27bcdd4b1c6179d22301ad',
            'MIT', 'mvt-project/mvt-indicators'),
    'stalkerware': ('https://github.com/AssoEchap/stalkerware-indicators', 'a04c5c1958bff93fec3b1b56edbb412b209f2a38',
                    'CC-BY-4.0', 'Echap, AssoEchap/stalkerware-indicators'),
    'maltrail': ('https://github.com/stamparm/maltrail', '8adace159e1e9418ca4dd1a4b07f84917c3b6155',
                 'MIT', 'stamparm/maltrail'),
}

# STIX bundles: file, id prefix, who is said to receive, day of the report, who reported
BUNDLES = [
    ('amnesty', '2021-07-18_nso/pegasus.stix2', 'pegasus', 'operators of Pegasus (NSO Group)', '2021-07-18',
     'Amnesty International'),
    ('amnesty', '2021-12-16_cytrox/cytrox.stix2', 'predator', 'operators of Predator (Cytrox, Intellexa)',
     '2021-12-16', 'Amnesty International'),
    ('amnesty', '2023-03-29_android_campaign/malware.stix2', 'campaign-2023',
     'operators of a campaign on Android of 2023', '2023-03-29', 'Amnesty International'),
    ('amnesty', '2024-05-02_wintego_helios/wintego_helios.stix2', 'helios', 'operators of Helios (Wintego)',
     '2024-05-02', 'Amnesty International'),
    ('amnesty', '2024-12-16_serbia_novispy/novispy.stix2', 'novispy', 'operators of NoviSpy', '2024-12-16',
     'Amnesty International'),
    ('mvt', 'intellexa_predator/predator.stix2', 'predator', 'operators of Predator (Cytrox, Intellexa)', '2026-02-17',
     'Citizen Lab, Amnesty International, Cisco Talos and others'),
    ('mvt', '2022-06-23_rcs_lab/rcs.stix2', 'rcs-lab', 'operators of Hermit (RCS Lab)', '2022-06-23',
     'Google, Lookout'),
    ('mvt', '2023-04-11_quadream/kingspawn.stix2', 'quadream', 'operators of KingsPawn (QuaDream)', '2023-04-11',
     'Microsoft, Citizen Lab'),
    ('mvt', '2023-06_01_operation_triangulation/operation_triangulation.stix2', 'triangulation',
     'operators of Operation Triangulation', '2023-06-01', 'Kaspersky'),
    ('mvt', '2023-07-25_wyrmspy_dragonegg/wyrmspy_dragonegg.stix2', 'wyrmspy', 'operators of WyrmSpy and DragonEgg',
     '2023-07-25', 'Lookout'),
    ('mvt', '2024-12-25_eaglemsgspy/eaglemsgspy.stix2', 'eaglemsgspy', 'operators of EagleMsgSpy', '2024-12-11',
     'Lookout'),
    ('mvt', '2026-03-03_coruna_cryptowaters/coruna.stix2', 'coruna', 'operators of Coruna', '2026-03-03',
     'Google, iVerify'),
    ('mvt', '2026-03-30_darksword/darksword.stix2', 'darksword', 'operators of DarkSword', '2026-03-30',
     'public reports named by the list'),
    ('mvt', 'ResidentBat/residentbat.stix2', 'residentbat', 'operators of ResidentBat', '2025-12-17',
     'Reporters Without Borders'),
    ('mvt', 'candiru/candiru.stix2', 'candiru', 'operators of DevilsTongue (Candiru)', '2025-08-08',
     'Recorded Future'),
]

# Maltrail's files: pack, id prefix, who is said to receive
TRAILS = {
    'apt_paragon': ('spyware', 'graphite', 'operators of Graphite (Paragon)'),
    'apt_pegasus': ('spyware', 'pegasus', 'operators of Pegasus (NSO Group)'),
    'apt_predator': ('spyware', 'predator', 'operators of Predator (Cytrox, Intellexa)'),
    'apt_finfisher': ('spyware', 'finfisher', 'operators of FinFisher'),
    'apt_hackingteam': ('spyware', 'hackingteam', 'operators of RCS (Hacking Team)'),
    'android_exodus': ('spyware', 'exodus', 'operators of Exodus (eSurv)'),
    'android_hermit': ('spyware', 'hermit', 'operators of Hermit (RCS Lab)'),
    'android_monokle': ('spyware', 'monokle', 'operators of Monokle'),
    'android_landfall': ('spyware', 'landfall', 'operators of Landfall'),
    'android_mandrake': ('spyware', 'mandrake', 'operators of Mandrake'),
    'android_henbox': ('spyware', 'henbox', 'operators of HenBox'),
    'android_eaglemsgspy': ('spyware', 'eaglemsgspy', 'operators of EagleMsgSpy'),
    'android_badbox': ('c2', 'badbox', 'operators of BADBOX'),
    'android_bigpanzi': ('c2', 'bigpanzi', 'operators of Bigpanzi'),
    'android_goldoson': ('c2', 'goldoson', 'operators of Goldoson'),
    'android_pareto': ('c2', 'pareto', 'operators of Pareto'),
    'android_spinok': ('c2', 'spinok', 'operators of SpinOk'),
    'android_triada': ('c2', 'triada', 'operators of Triada'),
    'android_vo1d': ('c2', 'vo1d', 'operators of Vo1d'),
    'android_xhelper': ('c2', 'xhelper', 'operators of xHelper'),
    'apt_27': ('c2', 'apt27', 'operators known as APT27'),
    'apt_barium': ('c2', 'apt41', 'operators known as APT41'),
    'apt_camarodragon': ('c2', 'camarodragon', 'operators known as Camaro Dragon'),
    'apt_darkcaracal': ('c2', 'darkcaracal', 'operators known as Dark Caracal'),
    'apt_earthestries': ('c2', 'earthestries', 'operators known as Earth Estries'),
    'apt_evasivepanda': ('c2', 'evasivepanda', 'operators known as Evasive Panda'),
    'apt_flaxtyphoon': ('c2', 'flaxtyphoon', 'operators known as Flax Typhoon'),
    'apt_ghostemperor': ('c2', 'ghostemperor', 'operators known as GhostEmperor'),
    'apt_gref': ('c2', 'gref', 'operators known as GREF'),
    'apt_hafnium': ('c2', 'hafnium', 'operators known as Hafnium'),
    'apt_isoon': ('c2', 'isoon', 'operators known as i-SOON'),
    'apt_judgmentpanda': ('c2', 'apt31', 'operators known as APT31'),
    'apt_ke3chang': ('c2', 'apt15', 'operators known as APT15'),
    'apt_lotusblossom': ('c2', 'lotusblossom', 'operators known as Lotus Blossom'),
    'apt_mustangpanda': ('c2', 'mustangpanda', 'operators known as Mustang Panda'),
    'apt_pkplug': ('c2', 'pkplug', 'operators known as PKPLUG'),
    'apt_scarletmimic': ('c2', 'scarletmimic', 'operators known as Scarlet Mimic'),
    'apt_sharppanda': ('c2', 'sharppanda', 'operators known as Sharp Panda'),
    'lapdogs': ('c2', 'lapdogs', 'operators of the relay network LapDogs'),
    'polaredge': ('c2', 'polaredge', 'operators of the relay network PolarEdge'),
    'quad7': ('c2', 'quad7', 'operators of the relay network Quad7'),
}

CLASSES = {'spyware': 'spyware-indicator', 'stalkerware': 'stalkerware-indicator', 'c2': 'known-c2-indicator'}
PURPOSE = {'spyware': 'published with a report on spyware', 'stalkerware': 'server of an app of this name',
           'c2': 'published with a report as command and control'}
BREAKS = {'spyware': 'whatever the present holder of the name runs',
          'stalkerware': 'the app, and what its owner sees of the device',
          'c2': 'whatever the present holder of the name runs'}

# Where people post single finds; a report is something else.
NOT_A_REPORT = re.compile(r'//(?:www\.|app\.|search\.|mobile\.)?(?:virustotal|twitter|x|otx\.alienvault|validin|'
                          r'censys|urlscan|any\.run|hybrid-analysis|shodan|fofa|tria\.ge|bazaar\.abuse|'
                          r'threatfox\.abuse|joesandbox|pastebin|platform\.censys)\b')
# Names that carry many parties' content: only names below them are anybody's own, and those of servers nobody's.
SHARED = {'waws-prod', 'cloudapp.azure.com', 'sip.azurewebsites.windows.net', 'compute.amazonaws.com',
          'amazonaws.com', 'cloudfront.net', 'akamaihd.net', 'googleusercontent.com', 'linodeusercontent.com',
          'bc.googleusercontent.com', 'hwclouds-dns.com', 'myqcloud.com', 'aliyuncs.com', 'workers.dev', 'github.io',
          'githubusercontent.com', 'b-cdn.net', 'fastly.net', 'telegram.org', 't.me', 'dropboxusercontent.com',
          'trycloudflare.com', 'softether.net', 'ngrok.io'}
# Names that everybody visits, of the largest services; neither they nor what they run belong in such a list.
POPULAR = set('''google.com gstatic.com googleapis.com youtube.com facebook.com fbcdn.net instagram.com whatsapp.com
whatsapp.net twitter.com x.com apple.com icloud.com microsoft.com windows.com live.com office.com bing.com amazon.com
baidu.com qq.com wechat.com taobao.com alibaba.com alipay.com weibo.com sina.com.cn 163.com github.com gitlab.com
bitbucket.org dropbox.com box.com wikipedia.org reddit.com linkedin.com telegram.org t.me yahoo.com yandex.ru yandex.com
mail.ru vk.com wordpress.com blogspot.com blogger.com tumblr.com medium.com pastebin.com discord.com discordapp.com
slack.com zoom.us netflix.com spotify.com cloudflare.com akamai.net mozilla.org ubuntu.com debian.org android.com
samsung.com xiaomi.com mi.com huawei.com oppo.com vivo.com bbc.com bbc.co.uk cnn.com nytimes.com paypal.com ebay.com
stripe.com shopify.com godaddy.com wix.com weebly.com tinyurl.com bit.ly imgur.com steampowered.com
whatismyipaddress.com ipify.org ip-api.com ipinfo.io'''.split())
# A service that many apps use, a program that anybody runs, a company's own site: in the lists for one of its users.
OF_OTHERS = {'appjiagu.com', 'traccar.org', 'microport.com.cn'}
NAME = re.compile(r'^(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]$')
ADDRESS = re.compile(r'^\d{1,3}(?:\.\d{1,3}){3}$')
OF_ADDRESS = re.compile(r'(?:\d{1,3}[-.]){3}\d{1,3}\.')


def suffixes():
    """-> the public suffixes, of Debian's package publicsuffix"""
    with open('/usr/share/publicsuffix/public_suffix_list.dat', encoding='utf8') as file:
        return {line.split()[0].lstrip('*.!').encode('idna').decode() for line in file
                if line.strip() and not line.startswith('//')}


class Choice:
    def __init__(self, folder):
        self.folder = folder
        self.suffixes = suffixes()
        # What the packs made by hand name is known for something else.
        self.others = {row['indicator'] for pack in ('vendor-telemetry', 'dns-bypass')
                       for row in row_examples.rows_of(os.path.join(HERE, pack + '.csv'))}
        self.rows = {pack: {} for pack in CLASSES}
        self.left_out = {}

    def leave_out(self, why):
        self.left_out[why] = self.left_out.get(why, 0) + 1

    def why_not(self, name):
        if not NAME.match(name):
            return 'no name'
        if name in self.suffixes:
            return 'a public suffix, or the parent of dynamic DNS'
        if OF_ADDRESS.match(name):
            return 'a name made of an address'
        if name in POPULAR:
            return 'a name that everybody visits'
        if name in OF_OTHERS or name in self.others:
            return 'a service that others use too'
        if any(name == one or name.endswith('.' + one) or name.startswith(one) for one in SHARED):
            return 'a server that many parties share'
        return None

    def add(self, pack, prefix, value, recipient, source, licence, reported, year):
        """`reported`: the day, where the source has one; `year`: of the report, where it is known"""
        value = value.strip().lower().rstrip('.')
        row = {'class': CLASSES[pack], 'recipient': recipient, 'role': 'malware', 'purpose': PURPOSE[pack],
               'breaks': BREAKS[pack], 'source': source, 'licence': licence, 'tlp': 'clear', 'carries': '',
               'first_seen': '', 'last_verified': reported or ''}
        if pack == 'stalkerware':
            row['role'] = 'monitoring-app'
        if ADDRESS.match(value):
            day = datetime.date.fromisoformat(reported) if reported else None
            if day is None or (CHOSEN_ON - day).days > ADDRESS_LASTS_DAYS:
                return self.leave_out('an address older than a year, or without a date')
            row |= {'kind': 'ip', 'confidence': 'low', 'breaks': 'whatever is hosted at this address now',
                    'purpose': 'an address once ' + PURPOSE[pack],
                    'expires': str(day + datetime.timedelta(days=2 * ADDRESS_LASTS_DAYS))}
        elif why := self.why_not(value):
            return self.leave_out(why)
        else:
            old = year is None or CHOSEN_ON.year - year >= LOW_AFTER_YEARS
            row |= {'kind': 'domain', 'confidence': 'low' if old else 'medium',
                    'expires': '2027-12-31' if old else '2028-12-31'}
        if any(value in rows for rows in self.rows.values()):
            return self.leave_out('named twice')
        row |= {'indicator': value, 'id': f'{prefix}-{value}'}
        self.rows[pack][value] = row
        return None

    def read(self, folder, path):
        with open(os.path.join(self.folder, folder, path), encoding='utf8') as file:
            return file.read()

    def bundles(self):
        for folder, path, prefix, recipient, day, who in sorted(BUNDLES, key=lambda bundle: bundle[4], reverse=True):
            _, commit, licence, named = SOURCES[folder]
            for thing in json.loads(self.read(folder, path))['objects']:
                match = re.match(r"\[(?:domain-name|ipv4-addr):value ?= ?'([^']+)'\]$", thing.get('pattern', ''))
                if match:
                    self.add('spyware', prefix, match[1], recipient, f'{who}, {day}; {named} {commit[:8]}', licence,
                             day, int(day[:4]))

    def stalkerware(self):
        _, commit, licence, named = SOURCES['stalkerware']
        for row in csv.DictReader(self.read('stalkerware', 'generated/network.csv').splitlines()):
            # No date says when an address was seen.
            if row['type'] != 'domain' or ADDRESS.match(row['indicator']):
                self.leave_out('an address older than a year, or without a date')
                continue
            self.add('stalkerware', re.sub(r'[^a-z0-9]+', '-', row['app'].lower()).strip('-'), row['indicator'],
                     f"operators of {row['app']}", f'{named} {commit[:8]}', licence, '2026-06-21', 2026)

    def trails(self):
        _, commit, licence, named = SOURCES['maltrail']
        for stem, (pack, prefix, recipient) in TRAILS.items():
            references, closed = [], True
            for line in self.read('maltrail', f'trails/static/malware/{stem}.txt').splitlines():
                line = line.strip()
                if line.startswith('# Reference:'):
                    references = [] if closed else references
                    references.append(line.split(':', 1)[1].split(' (#')[0].strip())
                    closed = False
                elif line and not line.startswith('#'):
                    closed = True
                    report = next((one for one in references if not NOT_A_REPORT.search(one)), None)
                    value = re.sub(r'^https?://', '', line.split(' ')[0])
                    if '/' in value:
                        self.leave_out('an address of a page')
                    elif ADDRESS.match(value.split(':')[0]):
                        self.leave_out('an address older than a year, or without a date')
                    elif report is None:
                        self.leave_out('no report behind it')
                    else:
                        year = re.search(r'/(20[12]\d)(?:[/-]|$)', report)
                        self.add(pack, prefix, value.split(':')[0], recipient, f'{report}; {named} {commit[:8]}',
                                 licence, None, int(year[1]) if year else None)

    def without_covered(self, pack):
        """Rows whose name stands below another's go: that one finds them."""
        rows = self.rows[pack]
        for name in list(rows):
            labels = name.split('.')
            parents = ('.'.join(labels[i:]) for i in range(1, len(labels) - 1))
            if any(parent in every for parent in parents for every in self.rows.values()):
                del rows[name]
                self.leave_out('stands below a listed name')
        return [rows[name] for name in sorted(rows, key=lambda name: (rows[name]['id'], name))]


COLUMNS = ('id indicator kind class recipient role purpose carries confidence breaks source licence tlp first_seen '
           'last_verified expires').split()


def write(pack, rows):
    path = os.path.join(HERE, pack + '.csv')
    with open(path, 'w', encoding='utf8', newline='') as file:
        file.write(f'# Made by from_feeds.py of the lists that it names. What rows say and do not say: {pack}.md.\n')
        writer = csv.DictWriter(file, COLUMNS, lineterminator='\n')
        writer.writeheader()
        writer.writerows(rows)
    row_examples.update(path)


def main():
    choice = Choice(sys.argv[1])
    choice.bundles()
    choice.stalkerware()
    choice.trails()
    for pack in CLASSES:
        rows = choice.without_covered(pack)
        write(pack, rows)
        print(f'{pack}: {len(rows)} rows')
    for why, count in sorted(choice.left_out.items(), key=lambda item: -item[1]):
        print(f'left out: {count} {why}')


if __name__ == '__main__':
    main()
