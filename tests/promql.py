"""What a query of Prometheus asks for: names of metrics, labels, and what is done with them. Not whether it is one at
all: promtool says that."""
import dataclasses
import re

# Of Prometheus itself.
OWN = {'up': set(), 'ALERTS': {'alertname', 'alertstate', 'severity'}}
TARGET = {'job', 'instance'}  # labels that Prometheus gives to each series
KEYWORDS = {'and', 'or', 'unless', 'by', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'bool', 'offset'}
GROUPING = re.compile(r'\b(by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)')
SELECTOR = re.compile(r'([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\})?(?!\w|:|\s*\()')
DURATION_OR_NUMBER = re.compile(r'\[[^\]]*\]|(?<![\w:"])\d[\w.]*')
MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')
OF_COUNTERS = re.compile(r'\b(rate|increase|irate)\s*\(\s*([\w:]+)')


@dataclasses.dataclass
class Metric:
    kind: str  # counter, gauge; empty: not known
    unit: str
    labels: set


def documented(text):
    """{name: Metric} of the table in control/METRICS.md"""
    row = re.compile(r'^\| `(\w+)` \| (\w+) \| ([^|]+) \|([^|]*)\|', re.M)
    return {name: Metric(kind, unit.strip(), set(re.findall(r'\w+', labels)))
            for name, kind, unit, labels in row.findall(text)}


def recorded(name):
    """What the name of a recording rule says of it: the labels stand before the first colon."""
    return Metric('', '', set(name.split(':')[0].split('_')) - TARGET)


def filled(expression, variables):
    for name, value in variables.items():
        expression = expression.replace(name, value)
    return expression


def stripped(expression):
    """Without the labels of groups, durations and numbers."""
    return DURATION_OR_NUMBER.sub(' ', GROUPING.sub(' ', expression))


def selectors(expression):
    """[(metric, [(label, value)])]"""
    return [(name, MATCHER.findall(matchers)) for name, matchers in SELECTOR.findall(stripped(expression))
            if name not in KEYWORDS]


def written(expression):
    """{selector}, as it is written: a query of its own"""
    return {match[0].strip() for match in SELECTOR.finditer(stripped(expression)) if match[1] not in KEYWORDS}


def names(expression):
    return {name for name, _ in selectors(expression)}


def groupings(expression):
    """[(word, {label})]"""
    return [(word, set(re.findall(r'\w+', labels))) for word, labels in GROUPING.findall(expression)]


def wrong(where, expression, known):
    """What a query asks for that is not there. known: {name: Metric}"""
    labels = set(TARGET)
    for name, matchers in selectors(expression):
        if name not in known and name not in OWN:
            yield f'{where}: there is no metric {name}'
            continue
        of_metric = (known[name].labels if name in known else OWN[name]) | TARGET
        labels |= of_metric
        yield from (f'{where}: {name} has no label {label}' for label, _ in matchers if label not in of_metric)
    for word, grouped in groupings(expression):
        yield from (f'{where}: {word} ({label}): none of its metrics has that' for label in sorted(grouped - labels))
    for function, name in OF_COUNTERS.findall(expression):
        if name in known and known[name].kind == 'gauge':
            yield f'{where}: {function}() of {name}, which is a gauge'


def wrong_labels_of_text(where, expression, text, known):
    """Labels that a text shows, {{ $labels.port }} or {{port}}, and that no result of the query has."""
    shown = set(re.findall(r'\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}', text))
    there = TARGET.union(*(known[name].labels if name in known else OWN.get(name, set()) for name in names(expression)))
    for word, grouped in groupings(expression):
        there = there - grouped if word == 'without' else there & grouped if word == 'by' else there
    yield from (f'{where}: shows {label}, which is not there' for label in sorted(shown - there))


def self_test():
    """What is wrong with these checks themselves: each bad query must be told, the good ones not."""
    known = {'sluice_a_total': Metric('counter', '', {'port'}), 'sluice_b': Metric('gauge', '', {'state'}),
             'port:sluice_a:rate5m': recorded('port:sluice_a:rate5m')}
    good = ['sum without (port) (rate(sluice_a_total{port=~"x|y",job="z"}[5m])) / on (job, instance) sluice_b > 0.1',
            'sluice_b{state="up and on"} == 1 and on (job, instance) up == 0 or vector(0)',
            '0 < sluice_b - time() < 14 * 86400', 'max_over_time(sluice_b[1d]) == 1e3',
            'port:sluice_a:rate5m{port="x"} unless ALERTS{alertname=~"S.+"}']
    bad = ['sluice_c', 'rate(sluice_c_total[5m])', 'sluice_b{port="x"}', 'sum by (worker) (sluice_b)',
           'rate(sluice_b[5m])', 'port:sluice_a:rate1h', 'sluice_b == 1 and sluice_d == 0',
           'port:sluice_a:rate5m{state="x"}']
    yield from (f'refuses {query}: {list(wrong("", query, known))}' for query in good if list(wrong('', query, known)))
    yield from (f'takes {query}' for query in bad if not list(wrong('', query, known)))
    if written('0 < sluice_b{state="1x"} - time() or up') != {'sluice_b{state="1x"}', 'up'}:
        yield 'does not find selectors'
    texts = [('sum by (port) (sluice_a_total)', '{{instance}}'), ('sluice_b', '{{port}}'),
             ('sum without (port) (sluice_a_total)', 'x {{ $labels.port }}')]
    yield from (f'takes {text} of {query}' for query, text in texts
                if not list(wrong_labels_of_text('', query, text, known)))
    if list(wrong_labels_of_text('', 'sum by (port) (sluice_a_total)', '{{port}} {{ $value }}', known)):
        yield 'refuses a label that is there'
