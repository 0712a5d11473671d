#!/usr/bin/python3
"""Checks what operators are given (control/monitoring): rules, their cases and runbooks, and the dashboard.

What is asked for must be there: each metric and each label of a query stands in control/METRICS.md, which a unit test
holds against the exporter, values of labels included (tests/unit/control/metrics_test.cc). promtool says whether a
query is one at all, and when alerts fire. Whether they do so with a real tap, the lab tests.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

import promql
from tally import Tally

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(ROOT, 'control/monitoring')
RUNBOOKS = 'control/monitoring/README.md'
SEVERITIES = ('critical', 'warning', 'info')
# What Grafana puts into a query, and something that may stand there.
VARIABLES = {'$__rate_interval': '5m', '$__range': '6h', '$instance': '.*'}
# Whoever reads metrics must not learn who did what.
PRIVATE = {'device', 'address', 'ip', 'mac', 'host', 'hostname', 'domain', 'name', 'destination', 'user'}


def text_of(path):
    with open(path, encoding='utf8') as file:
        return file.read()


def rules_of(name):
    """All rules of a file, in order."""
    return [rule for group in yaml.safe_load(text_of(os.path.join(FOLDER, name)))['groups'] for rule in group['rules']]


def panels_of(dashboard):
    return [panel for panel in dashboard['panels'] if panel['type'] != 'row']


def queries_of(dashboard):
    """[(where, expression, text with {{label}})] of the panels and the annotations"""
    found = [(panel['title'], target['expr'], target['legendFormat']) for panel in panels_of(dashboard)
             for target in panel['targets']]
    found += [(one['name'], one['expr'], one['textFormat']) for one in dashboard['annotations']['list']]
    return [(where, promql.filled(expression, VARIABLES), legend) for where, expression, legend in found]


def promtool(*arguments):
    """-> what it says where it fails"""
    done = subprocess.run(['promtool', *arguments], capture_output=True, text=True, cwd=FOLDER)
    return [done.stdout + done.stderr] if done.returncode else []


def unparsed(dashboard):
    """-> what promtool says of the dashboard's queries, each made a rule"""
    rules = [{'record': f'query:{number}', 'expr': expression}
             for number, (_, expression, _) in enumerate(queries_of(dashboard))]
    with tempfile.NamedTemporaryFile('w', suffix='.yaml') as file:
        json.dump({'groups': [{'name': 'dashboard', 'rules': rules}]}, file)  # JSON is YAML
        file.flush()
        return promtool('check', 'rules', file.name)


# --- alerts

def wrong_alerts(alerts):
    for alert in alerts:
        name, notes = alert['alert'], alert.get('annotations', {})
        if not re.fullmatch(r'Sluice[A-Z]\w+', name):
            yield f'{name}: is not named Sluice...'
        if set(alert.get('labels', {})) != {'severity'} or alert['labels']['severity'] not in SEVERITIES:
            yield f"{name}: its labels are {alert.get('labels')}, and not one of {SEVERITIES} alone"
        if set(notes) != {'summary', 'description', 'runbook_url'}:
            yield f'{name}: its annotations are {sorted(notes)}'
        elif notes['runbook_url'] != f'{RUNBOOKS}#{name.lower()}':
            yield f"{name}: its runbook is {notes['runbook_url']}"


def wrong_runbooks(alerts, readme):
    """Each alert has a row in the table and a section with its four parts, and nothing else has."""
    rows = dict(re.findall(r'^\| \[(Sluice\w+)\]\(#\w+\) \| (\w+) \|', readme, re.M))
    sections = dict(re.findall(r'^### (Sluice\w+)\n(.*?)(?=^#|\Z)', readme, re.M | re.S))
    severities = {alert['alert']: alert['labels']['severity'] for alert in alerts}
    if rows != severities:
        yield f'the table and the rules differ: {sorted(set(rows.items()) ^ set(severities.items()))}'
    if list(sections) != list(severities):
        yield f'sections and rules differ, or their order does: {sorted(set(sections) ^ set(severities))}'
    for name, section in sections.items():
        for part in ('**Means**', '**Matters**', '**Look**', '**Do**'):
            if section.count(part) != 1:
                yield f'{name}: {part} stands there {section.count(part)} times'


def wrong_cases(alerts, cases):
    """A case named as the alert, in which it is quiet, fires, and is over, in that order."""
    by_name = {case['name']: case for case in cases}
    for name in (alert['alert'] for alert in alerts):
        if name not in by_name:
            yield f'{name}: has no case'
            continue
        fires = [any(f'alertname="{name}"' in sample['labels'] for sample in one.get('exp_samples', []))
                 for one in by_name[name]['promql_expr_test']]
        if fires != [False, True, False]:
            yield f'{name}: is to fire {fires}, and not once between two looks at which it does not'
    yield from (f'{name}: is no alert' for name in by_name if name.startswith('Sluice') and
                name not in {alert['alert'] for alert in alerts})


def unknown_commands(readme, program):
    """-> commands of the runbooks that the program does not have"""
    commands = set(re.findall(r'`sluice ((?:(?:rules|findings|fuse|evidence|config) )?[a-z]+)', readme))
    for command in sorted(commands):
        done = subprocess.run([program, *command.split(), '--help'], capture_output=True, text=True)
        if f'sluice {command} [' not in done.stdout:
            yield f'sluice {command}: there is no such command'


# --- queries

def wrong_queries(metrics, alerts, recorded, dashboard):
    known = metrics | {rule['record']: promql.recorded(rule['record']) for rule in recorded}
    queries = [(alert['alert'], alert['expr'], ' '.join(alert['annotations'].values())) for alert in alerts]
    queries += [(rule['record'], rule['expr'], '') for rule in recorded]
    queries += queries_of(dashboard)
    for where, expression, shown in queries:
        yield from promql.wrong(where, expression, known)
        yield from promql.wrong_labels_of_text(where, expression, shown, known)
    for variable in dashboard['templating']['list']:
        if variable['type'] == 'query':
            name, label = re.fullmatch(r'label_values\((\w+), (\w+)\)', variable['definition']).groups()
            yield from promql.wrong(variable['name'], f'{name}{{{label}!=""}}', known)
    used = set().union(*(promql.names(expression) for _, expression, _ in queries))
    yield from (f"{rule['record']}: nothing uses it" for rule in recorded if rule['record'] not in used)


def wrong_names(metrics):
    """How Prometheus wants metrics named: base units, and _total for counters alone."""
    for name, metric in metrics.items():
        if not re.fullmatch('sluice_[a-z0-9_]+', name):
            yield f'{name}: small letters, and sluice_ in front'
        if name.endswith('_total') != (metric.kind == 'counter'):
            yield f'{name}: is a {metric.kind}'
        for unit, part in (('bytes', '_bytes'), ('seconds since 1970', '_timestamp_seconds')):
            if (metric.unit == unit) != (part in name):
                yield f'{name}: its unit is {metric.unit}'
        if metric.labels & PRIVATE:
            yield f'{name}: tells of people: {metric.labels & PRIVATE}'


# --- the dashboard

def wrong_dashboard(dashboard, text):
    if text != json.dumps(dashboard, indent=2, ensure_ascii=False) + '\n':
        yield 'is not formatted as `jq .` does'
    if '"__inputs"' in text or re.search(r'"id": \d', text):
        yield 'has inputs or ids of one Grafana'
    others = set(re.findall(r'"uid": "([^"]*)"', text)) - {dashboard['uid'], '${datasource}'}
    if others:
        yield f'asks {others}, and not the Prometheus that is chosen'
    places = set()
    for panel in dashboard['panels']:
        title, place = panel['title'], panel['gridPos']
        cells = {(x, y) for x in range(place['x'], place['x'] + place['w'])
                 for y in range(place['y'], place['y'] + place['h'])}
        if cells & places or place['x'] + place['w'] > 24:
            yield f'{title}: lies over another panel, or beyond the edge'
        places |= cells
    for panel in panels_of(dashboard):
        title = panel['title']
        if len(panel.get('description', '')) < 20:
            yield f'{title}: has no description'
        if not panel['fieldConfig']['defaults'].get('unit') or not panel['fieldConfig']['defaults'].get('thresholds'):
            yield f'{title}: has no unit or no thresholds'
        if not panel['targets'] or any('$instance' not in one['expr'] and 'ALERTS' not in one['expr']
                                       for one in panel['targets']):
            yield f'{title}: asks nothing, or for all taps whichever is chosen'
    titles = [panel['title'] for panel in dashboard['panels']]
    yield from (f'{title}: stands there twice' for title in set(titles) if titles.count(title) > 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('pattern', nargs='?', default='')
    parser.add_argument('--build', required=True)
    arguments = parser.parse_args()
    program = os.path.join(os.path.abspath(arguments.build), 'control/sluice')
    readme, text = text_of(os.path.join(FOLDER, 'README.md')), text_of(os.path.join(FOLDER, 'dashboard.json'))
    alerts, recorded, dashboard = rules_of('alerts.yaml'), rules_of('recording.yaml'), json.loads(text)
    cases = yaml.safe_load(text_of(os.path.join(FOLDER, 'alerts_test.yaml')))['tests']
    metrics = promql.documented(text_of(os.path.join(ROOT, 'control/METRICS.md')))
    queries = len(queries_of(dashboard))
    items = [  # name, what it says of wrong things, a note, whether it takes promtool
        ('self-test', promql.self_test, '', False),
        ('names', lambda: wrong_names(metrics), f'{len(metrics)} metrics', False),
        ('alerts', lambda: wrong_alerts(alerts), f'{len(alerts)}', False),
        ('runbooks', lambda: wrong_runbooks(alerts, readme), '', False),
        ('commands', lambda: unknown_commands(readme, program), '', False),
        ('cases', lambda: wrong_cases(alerts, cases), '', False),
        ('queries', lambda: wrong_queries(metrics, alerts, recorded, dashboard), f'{queries} of the dashboard', False),
        ('dashboard', lambda: wrong_dashboard(dashboard, text), f'{len(panels_of(dashboard))} panels', False),
        ('dashboard-parses', lambda: unparsed(dashboard), '', True),
        ('rules-parse', lambda: promtool('check', 'rules', 'alerts.yaml', 'recording.yaml'), '', True),
        ('alerts-fire', lambda: promtool('test', 'rules', 'alerts_test.yaml'), f'{len(cases)} cases', True),
    ]
    tally = Tally('monitoring', arguments.pattern)
    for name, check, note, takes_promtool in items:
        if not tally.wants(name):
            continue
        if takes_promtool and not shutil.which('promtool'):
            tally.skip(name, 'promtool (Debian: prometheus) is not installed')
            continue
        wrong = list(check())
        tally.fail(name, '\n'.join(wrong)) if wrong else tally.ok(name, note)
    return tally.end()


if __name__ == '__main__':
    sys.exit(main())
