"""Lints a list with one row of each concern, with and without --strict."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from steps import check, step  # noqa: E402

SLUICE = sys.argv[1]


def write(path, text):
    with open(path, 'w', encoding='utf8') as file:
        file.write(text)


write('list.csv', 'id,indicator,kind,last_verified\nplain,telemetry.example,domain,\nsuffix,co.uk,domain,\n'
      'parent,duckdns.org,domain,\naddress,192.0.2.7,ip,\npopular,popular.example,domain,\nold,old.example,domain,2020-01-01\n')
write('hosting.txt', '192.0.2.0/24\n')
write('popular.csv', '1,www.popular.example\n')
options = ('--shared-hosting', 'hosting.txt', '--popular', 'popular.csv')
says = ['warning: list/suffix: co.uk is a public suffix', 'warning: list/parent: duckdns.org is a name below which',
        'warning: list/address: 192.0.2.7 lies in 192.0.2.0 to 192.0.2.255',
        'warning: list/popular: popular.example matches www.popular.example',
        'warning: list/old: old.example was last verified on 2020-01-01', '6 indicators, 0 signatures: 5 warnings']
step(SLUICE, 'rules', 'lint', 'list.csv', *options, says=says)
step(SLUICE, 'rules', 'lint', 'list.csv', *options, '--strict', status=2, says=says)

write('good.csv', 'id,indicator,kind\nplain,telemetry.example,domain\n')
step(SLUICE, 'rules', 'lint', 'good.csv', *options, '--strict', says=['1 indicators, 0 signatures: good'])

write('many.csv', 'indicator,kind,last_verified\n' + ''.join(f'n{i}.example,domain,2020-01-01\n' for i in range(25)))
said = step('sh', '-c', f'"{SLUICE}" rules lint many.csv 2>&1', says=['many: 25 rows unseen for 18 months in all'])
check(said.count('was last verified') == 10, 'ten of them are listed')

write('hosting.txt', 'example.org\n')
step(SLUICE, 'rules', 'lint', 'good.csv', *options, status=2, says=['hosting.txt:1:1:'])
print('all steps done')
