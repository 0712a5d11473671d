"""Seeds of foreign lists: the first byte is the format's place in `sluice rules import --help`."""

FORMATS = ['hosts', 'domains', 'wildcard', 'adblock', 'stix2', 'misp', 'abusech-csv', 'dataset', 'maltrail',
           'tinycheck']

TEXTS = {
    'hosts': '# Title: T\n127.0.0.1 localhost\n0.0.0.0 a.example.com b.example.com # c\n',
    'domains': 'a.example.com\n192.0.2.1 # x\n2001:db8::/32\nhttp://a.example/b?c\n[2001:db8::1]:80\nhxxp://a[.]example\n',
    'wildcard': '*.a.example\n.b.example\n',
    'adblock': '[Adblock]\n||a.example^$important\n@@||b.example^\n||c.example/d^$third-party\na.example##.x\n/r\\d/\n',
    'stix2': '{"type":"bundle","objects":[{"type":"malware","id":"m","name":"N","malware_types":["spyware"]},'
             '{"type":"relationship","relationship_type":"indicates","source_ref":"i","target_ref":"m"},'
             '{"type":"indicator","id":"i","confidence":50,"valid_until":"2030-01-01T00:00:00Z","pattern":'
             '"[domain-name:value = \'a.example\' OR (ipv4-addr:value IN (\'192.0.2.1\',\'192.0.2.2\') AND '
             'file:hashes.\'SHA-256\' != \'00\')] FOLLOWEDBY [url:value LIKE \'x%\'] WITHIN 5 SECONDS"}]}',
    'misp': '{"response":[{"Event":{"info":"i","date":"2025-01-01","Tag":[{"name":"tlp:red"}],"Attribute":[{"type":'
            '"ip-dst|port","value":"192.0.2.1|80","to_ids":true},{"type":"domain|ip","value":"a.example|192.0.2.2",'
            '"to_ids":"1"}],"Object":[{"Attribute":[{"type":"url","value":"http://a.example/","to_ids":true}]}]}}]}',
    'abusech-csv': '# "first_seen_utc","ioc_value","ioc_type","confidence_level"\n"2025-01-01 00:00:00", "a.example:80", '
                   '"ip:port", "75"\n# Listingdate,SHA1,Listingreason\n2025-01-01,' + 40 * 'a' + ',x\n',
    'dataset': 'YS5leGFtcGxl\nYS5leGFtcGxl,5\n192.0.2.1\n' + 32 * 'a' + '\n',
    'maltrail': '# Reference: https://r.example\n# Aliases: f\na.example\n192.0.2.1:80\n/x.php\n^[a-z]$\n',
    'tinycheck': '{"iocs":[{"type":"domain","tag":"apt","tlp":"white","value":"a.example"},{"type":"sha1cert","value":"' +
                 40 * 'b' + '"}],"elements":[{"type":"cidr","element":"192.0.2.0/24"}]}',
}
EXCEPTIONS = 'action,device,group,rule,destination,author,reason,expires\n' \
             'permit,192.0.2.1,vlan:20,a/*,a.example,me,why,2030-01-01\nsuppress,,192.0.2.0/24,a/b,,me,why,never\n'


def lists():
    seeds = {name: bytes([place]) + TEXTS[name].encode() for place, name in enumerate(FORMATS)}
    return {**seeds, 'exceptions': b'\1' + EXCEPTIONS.encode(), 'pattern': b'\4[a:b.\'c\' = \'d\'] OR ([e:f IN (1, 2)])'}
