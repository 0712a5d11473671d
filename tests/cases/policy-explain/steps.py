"""What `sluice policy explain` answers, for each of the reasons that there are."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from steps import check, step  # noqa: E402

SLUICE = sys.argv[1]
LIST = '''id,indicator,kind,class,recipient,confidence,breaks,expires
usage,telemetry.example,domain,telemetry,Example Ltd,medium,nothing that a user sees is known to stop,
push,push.telemetry.example,domain,telemetry,Example Ltd,low,,
old,old.example,domain,telemetry,,high,,2020-01-01
gate,192.0.2.7,ip,known-c2-indicator,,low,,
relay,192.0.2.8,ip,telemetry,,high,,
sound,sound.example,domain,telemetry,,high,the sound,
tone,tone.example,domain,telemetry,,high,the tone,
'''
EXCEPTIONS = '''action,device,group,rule,destination,author,reason,expires
permit,10.0.0.9,,,telemetry.example,A. Person,the app does not start without it,never
'''
WATCH = {'name': 'press-is-watched', 'devices': ['press'], 'action': 'observe'}
STOP = {'name': 'no-c2', 'classes': ['known-c2-indicator'], 'action': 'drop', 'keep_flow': True}
SILENT = {'name': 'no-sound', 'destinations': ['sound.example'], 'action': 'drop'}
ALL_THE_SAME = {'name': 'no-tone', 'destinations': ['tone.example'], 'action': 'drop', 'although_breaks': True}
REFUSE = {'name': 'say-no', 'rules': ['list/old', 'list/push'], 'action': 'reject'}
POLICY = {'groups': [{'name': 'press', 'devices': ['10.0.0.2']}], 'lines': [WATCH, STOP, SILENT, ALL_THE_SAME, REFUSE]}


def written(name, policy, mode='enforce'):
    with open(name, 'w', encoding='utf8') as file:
        json.dump({'mode': mode, 'policy': policy, 'rules': {'exceptions': os.path.abspath('exceptions.csv')},
                   'evidence': {'authority_key': '/etc/sluice/authority.pub'}}, file)
    return name


def explained(*arguments, config='tap.json', **expected):
    return step(SLUICE, 'policy', 'explain', '--config', config, '--indicators', 'list.csv', *arguments, **expected)


def main():
    for name, text in (('list.csv', LIST), ('exceptions.csv', EXCEPTIONS)):
        with open(name, 'w', encoding='utf8') as file:
            file.write(text)
    written('tap.json', POLICY)
    for device, destination, answer, end in (
            ('10.0.0.2', ('--host', 'A.telemetry.example'),
             ['forward  list/usage (telemetry, Example Ltd): line "press-is-watched" of the policy: observe'],
             'It is forwarded.'),
            ('10.0.0.3', ('--host', 'push.telemetry.example'),
             ['block    list/push (telemetry, Example Ltd): line "say-no" of the policy: reject',
              'block    list/usage (telemetry, Example Ltd): no line of the policy holds: the rule itself decides'],
             'It is blocked.'),
            ('10.0.0.9', ('--host', 'telemetry.example'),
             ['forward  list/usage (telemetry, Example Ltd): an exception of the site permits it'],
             'It is forwarded.'),
            ('10.0.0.3', ('--host', 'old.example'),
             ['forward  list/old (telemetry): what has expired is not blocked'], 'It is forwarded.'),
            ('2001:db8::1', ('--address', '192.0.2.7'),
             ['block    list/gate (known-c2-indicator): line "no-c2" of the policy: drop; '
              'its connection is kept as evidence'], 'It is blocked.'),
            ('10.0.0.3', ('--host', 'sound.example'),
             ['forward  list/sound (telemetry): line "no-sound" of the policy says drop, but not that it may break '
              'something (although_breaks): the sound'], 'It is forwarded.'),
            ('10.0.0.3', ('--host', 'tone.example'),
             ['block    list/tone (telemetry): line "no-tone" of the policy: drop'], 'It is blocked.'),
            ('10.0.0.3', ('--host', 'elsewhere.example'),
             ['forward  no name or address of a list matches'], 'It is forwarded.')):
        lines = explained('--device', device, *destination).splitlines()
        check(sorted(lines[:-1]) == sorted(answer) and lines[-1] == end, lines)

    written('traffic.json', {
        'portal': ['portal.example'], 'never_block': ['192.0.2.7'],
        'traffic': [{'name': 'not-ours', 'vlans': [7], 'action': 'exempt'},
                    {'name': 'partner', 'devices': ['10.0.0.5'], 'prefixes': ['198.51.100.0/24'], 'action': 'exempt'},
                    {'name': 'held', 'devices': ['10.0.0.3'], 'action': 'quarantine'},
                    {'name': 'slow', 'devices': ['10.0.0.4'], 'action': 'limit', 'limit_kbit_per_s': 64}],
        'lines': [{'name': 'little', 'destinations': ['telemetry.example'], 'action': 'limit',
                   'limit_kbit_per_s': 8}]})
    held, slow = 'all traffic (line "held" of policy.traffic: quarantine): ', 'all traffic (line "slow" of policy.traffic: '
    nothing = 'forward  no name or address of a list matches'
    for arguments, answer, end in (
            (('10.0.0.3', '--vlan', '7', '--host', 'sound.example'),
             ['forward  all traffic (line "not-ours" of policy.traffic: exempt): unread, and nothing of it is recorded'],
             'It is forwarded.'),
            (('10.0.0.3', '--host', 'elsewhere.example'),
             ['block    ' + held + 'this leads elsewhere than to the portal; look-ups pass'], 'It is blocked.'),
            (('10.0.0.3', '--host', 'www.portal.example'),
             ['forward  ' + held + 'this leads to the portal', nothing], 'It is forwarded.'),
            (('10.0.0.3', '--host', 'epdg.epc.mnc001.mcc262.pub.3gppnetwork.org'),
             ['forward  ' + held + 'calls over Wi-Fi are never blocked', nothing], 'It is forwarded.'),
            (('10.0.0.5', '--address', '198.51.100.7', '--host', 'telemetry.example'),
             ['forward  all traffic (line "partner" of policy.traffic: exempt): unread, and nothing of it is recorded'],
             'It is forwarded.'),
            (('10.0.0.5', '--address', '198.51.101.7'), [nothing], 'It is forwarded.'),
            (('10.0.0.5', '--host', 'elsewhere.example'),
             ['perhaps  all traffic (line "partner" of policy.traffic: exempt), if this leads into its prefixes: name '
              '--address', nothing], 'It is forwarded.'),
            (('10.0.0.4', '--host', 'telemetry.example'),
             ['limit    ' + slow + 'limit): to 64 kbit/s each way',
              'limit    list/usage (telemetry, Example Ltd): line "little" of the policy: limit to 8 kbit/s each way'],
             'It is forwarded.'),
            (('10.0.0.4', '--address', '192.0.2.7'),
             ['forward  ' + slow + 'limit): the site never blocks it (policy.never_block)',
              'forward  list/gate (known-c2-indicator): no line of the policy holds; known-c2-indicator is watched, so '
              'that who attacks does not learn of it'], 'It is forwarded.')):
        lines = explained('--device', *arguments, config='traffic.json').splitlines()
        check(sorted(lines[:-1]) == sorted(answer) and lines[-1] == end, lines)

    written('empty.json', {}, mode='monitor')
    for destination, answer, end in (
            (('--address', '192.0.2.7'),
             'forward  list/gate (known-c2-indicator): no line of the policy holds; known-c2-indicator is watched, so '
             'that who attacks does not learn of it', 'It is forwarded.'),
            (('--address', '192.0.2.8'),
             'forward  list/relay (telemetry): no line of the policy holds; addresses alone are not blocked '
             '(rules.block_addresses)', 'It is forwarded.'),
            (('--host', 'tone.example'),
             'forward  list/tone (telemetry): no line of the policy holds; to block it breaks something: the tone',
             'It is forwarded.'),
            (('--host', 'a.telemetry.example'),
             'block    list/usage (telemetry, Example Ltd): no line of the policy holds: the rule itself decides',
             'It would be blocked; the mode is monitor, so it is forwarded.')):
        lines = explained('--device', '10.0.0.3', *destination, config='empty.json').splitlines()
        check(lines == [answer, end], lines)

    # All that is wrong at once, with its place.
    second = {'name': 'say-no', 'devices': ['presse', '10.0.0.1/8'], 'classes': ['telemetrie'],
              'destinations': ['telemetry'], 'rules': ['list']}
    shadowed = {'name': 'never', 'devices': ['press'], 'classes': ['telemetry'], 'action': 'drop'}
    empty = {'name': 'nobody', 'devices': []}
    written('bad.json', {'groups': POLICY['groups'] + [empty, empty], 'lines': [WATCH, shadowed, REFUSE, second]})
    wrong = ('bad.json:1:', '"never" is never reached: "press-is-watched" before it',
             'a second line of the policy is called "say-no"', '"presse" is neither an address or network nor a group',
             'the network is 10.0.0.0/8', '"telemetrie" is no class of findings',
             '"telemetry" is neither a network nor a host name', '"list" is no id of a rule',
             'a second group is called "nobody"', 'a group without devices')
    explained('--device', '10.0.0.3', '--host', 'a.example', config='bad.json', status=2, says=wrong)
    explained('--device', 'phone', '--host', 'a.example', status=2, says=['"phone" is no IPv4 or IPv6 address'])
    explained('--device', '10.0.0.3', status=2, says=['--host, --address'])
    print('all steps done')


main()
