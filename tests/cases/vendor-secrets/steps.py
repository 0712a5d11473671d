"""Nothing of what the phones of vendor-requests tell stands in the events or the table of a replay, in any form; with
--reveal it does, so that looking for it means something. tshark reads the requests too."""
import base64
import fcntl
import os
import struct
import subprocess
import sys
import termios
from urllib.parse import quote_plus

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..'), os.path.join(HERE, '../vendor-requests'), os.path.join(HERE, '../../lab')]
import make  # noqa: E402
import vendors  # noqa: E402
from conversation import write  # noqa: E402
from steps import check  # noqa: E402

PACKS = os.path.join(HERE, '../../../rules/packs/vendor-telemetry')
NOT_DECODED = {'bugly'}  # its address stands in the http event as it was sent (control/README.md)
REVEALED = {vendors.BSSID, vendors.SESSION_ID, vendors.DEVICE_ID, vendors.ADVERTISING_ID, vendors.ANDROID_ID,
            vendors.CLIENT_ID, vendors.TYPED, vendors.KEYBOARD_USER, vendors.BROWSER_ID, vendors.EQUIPMENT,
            vendors.TELEPHONE, *vendors.PLACE, vendors.NETWORK, vendors.VISITED, vendors.SEARCHED, *vendors.INSTALLED,
            *make.PUSH.known()}


def forms(secret):
    """The secret as it may be written: as it is, in an URL, in base64 wherever it begins, in hex."""
    raw = secret.encode()
    coded = {base64.b64encode(b'\0' * before + raw)[(4 if before else 0):-4].decode() for before in range(3)}
    return {secret, quote_plus(secret), raw.hex(), raw.hex().upper(), *(text for text in coded if len(text) > 7)}


def table_of(*command):
    """-> what the command writes to a terminal so wide that nothing is wrapped"""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', 50, 4000, 0, 0))
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL) as process:
        os.close(theirs)
        text = b''
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            text += piece
    os.close(ours)
    check(process.returncode == 0, f'{command} ends well')
    return text.decode(errors='replace')


def requests_of(capture):
    """-> {(host, target)} as tshark reads them"""
    read = subprocess.run(['tshark', '-r', capture, '-d', 'tcp.port==8080,http', '-Y', 'http.request', '-T', 'fields',
                           '-e', 'http.host', '-e', 'http.request.uri'], capture_output=True, text=True, check=True)
    return {tuple(line.split('\t')) for line in read.stdout.splitlines()}


def main(program):
    write('v.pcap', make.packets())
    sent = {(exchange.url.split('/')[2], '/' + exchange.url.split('/', 3)[3]) for exchange in vendors.EXCHANGES.values()}
    check(requests_of('v.pcap') == sent, 'tshark reads the requests that were made')

    arguments = ['replay', '--packets', 'off', '--indicators', PACKS + '.csv', '--signatures', PACKS + '.rules',
                 '--eve', 'e.json', 'v.pcap']
    secrets = {value for name, exchange in vendors.EXCHANGES.items() if name not in NOT_DECODED
               for value in exchange.known} | REVEALED
    for reveal in (False, True):
        table = table_of(program, *arguments, *(['--reveal'] if reveal else []))
        check((vendors.DEVICE_ID in table) == reveal, 'the table shows a device id where it is revealed')
        with open('e.json', encoding='utf-8') as events:
            told = table + events.read()
        there = {secret for secret in secrets if any(form in told for form in forms(secret))}
        if not reveal:
            check(not there, f'redacted: {sorted(there)}')
        else:
            check(REVEALED <= there, f'revealed, but not there: {sorted(REVEALED - there)}')
    print(f'{len(secrets)} secrets looked for')


if __name__ == '__main__':
    main(sys.argv[1])
