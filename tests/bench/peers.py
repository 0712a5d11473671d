#!/usr/bin/python3
"""Suricata, nDPI and Sluice over the same capture, one core each, in turns.

Each round runs every program on a capture of one packet and on the whole one; packets a second are those of the
difference in CPU time (all threads, user and system), so that start-up and the loading of rules do not count and a busy
machine falsifies less. All look for the same domains. A second comparison sets the bench's rows out of memory (no file
read, no start-up) beside the peers of the same round.
"""
import argparse
import collections
import contextlib
import json
import os
import re
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile

import against
import peer_rules
from peer_root import Root, RootError

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCE = os.path.dirname(TESTS)
TRACE_MAKER = os.path.join(SOURCE, '../shared/corpus/make_trace.py')
SUITES = ['trixie', 'forky']
LIMIT_S = 3600  # of a run
GOAL_REPLAY, GOAL_MEMORY = 4, 10  # times the packets a second of each peer
MEMORY_ROWS = ['forward', 'match']

Run = collections.namedtuple('Run', 'cpu_s wall_s rss_mib text')
Program = collections.namedtuple('Program', 'name version command packets hits')


class Trouble(Exception):
    pass


def run_on(cpu, command, cwd):
    """-> the Run of a command on that CPU alone"""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(['taskset', '-c', str(cpu), *command], cwd=cwd, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT)
        began = os.times().elapsed
        _, status, usage = os.wait4(process.pid, 0)
        wall = os.times().elapsed - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode(errors='replace')
    if process.returncode != 0:
        raise Trouble(f'{" ".join(command)}: exit status {process.returncode}\n{text[-3000:]}')
    return Run(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, text)


def number(pattern, text):
    found = re.search(pattern, text)
    return int(found.group(1)) if found else 0


def suricata(root, work):
    """Debian's configuration without its outputs; checksums are not verified, as with the others."""
    with open(os.path.join(root.path, 'etc/suricata/suricata.yaml'), encoding='utf8') as file:
        settings = re.sub(r'^outputs:\n.*?(?=^[a-z])', '', file.read(), flags=re.M | re.S)
    name = f'suricata-{root.suite}'
    with open(os.path.join(work, f'{name}.yaml'), 'w', encoding='utf8') as file:
        file.write(settings)
    os.makedirs(os.path.join(work, f'{name}.log'))

    def command(capture):
        return root.inside('suricata', '-c', f'/bench/{name}.yaml', '-r', f'/bench/{capture}', '-S',
                           '/bench/suricata.rules', '-k', 'none', '--runmode', 'single', '-l',
                           f'/bench/{name}.log', '-v')

    def packets(run):
        refused = number(r'(\d+) rules failed', run.text)
        if refused:
            raise Trouble(f'{name} refuses {refused} rules')
        return number(r'read \d+ files?, (\d+) packets', run.text)

    version = root.version('suricata').split(':')[-1]
    return Program(f'Suricata {version.split(".")[0]}', version, command, packets,
                   lambda run: number(r'Alerts: (\d+)', run.text))


def ndpi(work):
    done = subprocess.run(['dpkg-query', '-W', '-f', '${Version}', 'libndpi-bin'], capture_output=True, text=True,
                          check=True)
    return Program(f'nDPI {done.stdout.split("-")[0]}', done.stdout,
                   lambda capture: ['ndpiReader', '-i', os.path.join(work, capture), '-p',
                                    os.path.join(work, 'ndpi.protos')],
                   lambda run: number(r'IP packets:\s+(\d+)', run.text),
                   lambda run: number(r'(?m)^\s+Listed\s+.*?flows:\s+(\d+)', run.text))


def sluice(build, work):
    program = os.path.join(build, 'control/sluice')
    version = subprocess.run([program, '--version'], capture_output=True, text=True, check=True).stdout.split()[-1]
    statistics_path = os.path.join(work, 'sluice.json')

    def counted(of):
        with open(statistics_path, encoding='utf8') as file:
            return of(json.load(file))

    return Program('sluice replay', version,
                   lambda capture: [program, 'replay', os.path.join(work, capture), '--indicators',
                                    os.path.join(work, 'sluice.csv'), '--stats', statistics_path],
                   lambda run: counted(lambda all_of: all_of['packets']['received']),
                   lambda run: counted(lambda all_of: all_of['findings']))


def make_trace(arguments, work):
    """-> what the capture is; it stands as trace.pcap in `work`"""
    target = os.path.join(work, 'trace.pcap')
    if arguments.trace:
        shutil.copyfile(arguments.trace, target)
        return os.path.basename(arguments.trace)
    if os.path.exists(TRACE_MAKER) and not arguments.own:
        maker, what = [sys.executable, TRACE_MAKER], 'make_trace.py'
    else:
        maker = [os.path.join(arguments.build, 'tests/bench/bench-mix'), '--domains', str(arguments.domains)]
        what = "the bench's own mix"
    subprocess.run([*maker, target, '--mb', str(arguments.mb)], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return f'{what}, {arguments.mb} MB'


def made_domains(arguments, work):
    """-> the long list of the bench, below which lie the listed names of its own mix"""
    path = os.path.join(work, 'domains.txt')
    subprocess.run([os.path.join(arguments.build, 'tests/bench/bench-mix'), '--list', path, '--domains',
                    str(arguments.domains)], check=True)
    with open(path, encoding='utf8') as file:
        return file.read().split()


def survey(work):
    """-> packets and bytes of frames in trace.pcap; its first packet is written to one.pcap"""
    packets = frame_bytes = 0
    with open(os.path.join(work, 'trace.pcap'), 'rb') as file:
        head = file.read(24)
        order = {b'\xd4\xc3\xb2\xa1': '<', b'\xa1\xb2\xc3\xd4': '>'}.get(head[:4])
        if order is None:
            raise Trouble('the capture is not a pcap file with microseconds: editcap -F pcap makes one')
        while len(record := file.read(16)) == 16:
            captured, on_wire = struct.unpack(order + '8xII', record)
            frame = file.read(captured)
            if packets == 0:
                with open(os.path.join(work, 'one.pcap'), 'wb') as one:
                    one.write(head + record + frame)
            packets += 1
            frame_bytes += on_wire
    return packets, frame_bytes


def memory_rows(bench, arguments):
    """-> packets a second of rows forward and match, out of memory"""
    rows, _ = bench.run(MEMORY_ROWS, arguments.seconds, ['--domains', str(arguments.domains)])
    return {name: row['mega_packets_per_second'] * 1e6 for name, row in rows.items()}


def measure(programs, arguments, work, packets):
    """-> by program its figures of each round; the rows out of memory by round"""
    rounds = {program.name: [] for program in programs}
    memory = []
    bench = against.Program('ours', arguments.build)
    cpu = max(os.sched_getaffinity(0))
    for program in programs:  # not counted: some keep what they compiled for the next time
        run_on(cpu, program.command('one.pcap'), work)
    for turn in range(arguments.rounds):
        first = turn % len(programs)
        for program in programs[first:] + programs[:first]:
            alone = run_on(cpu, program.command('one.pcap'), work)
            whole = run_on(cpu, program.command('trace.pcap'), work)
            if program.packets(whole) != packets:
                raise Trouble(f'{program.name} read {program.packets(whole)} packets of {packets}')
            taken = whole.cpu_s - alone.cpu_s
            if taken <= 0:
                raise Trouble(f'{program.name}: the capture is too short to tell it from start-up: a larger --mb')
            rounds[program.name].append({'packets_per_second': packets / taken, 'start_up_cpu_s': alone.cpu_s,
                                         'wall_s': whole.wall_s - alone.wall_s, 'rss_mib': whole.rss_mib,
                                         'hits': program.hits(whole)})
        memory.append(memory_rows(bench, arguments))
    return rounds, memory


def spread(figures):
    return {'median': statistics.median(figures), 'low': min(figures), 'high': max(figures)}


def ratios(ours, theirs):
    return spread([a / b for a, b in zip(ours, theirs)])


def report_of(arguments, trace, packets, frame_bytes, programs, rounds, memory, domains):
    speed = {name: [figures['packets_per_second'] for figures in all_of] for name, all_of in rounds.items()}
    own = programs[0].name
    report = {'trace': trace, 'packets': packets, 'frame_bytes': frame_bytes, 'domains': domains,
              'rounds': arguments.rounds, 'load': os.getloadavg(), 'programs': [], 'memory': {}}
    for program in programs:
        all_of = rounds[program.name]
        line = {'name': program.name, 'version': program.version, 'packets_per_second': spread(speed[program.name]),
                'start_up_cpu_s': statistics.median(figures['start_up_cpu_s'] for figures in all_of),
                'rss_mib': max(figures['rss_mib'] for figures in all_of), 'hits': all_of[-1]['hits'], 'rounds': all_of}
        if program.name != own:
            line['replay_to_it'] = ratios(speed[own], speed[program.name])
            line['memory_to_it'] = ratios([rows['match'] for rows in memory], speed[program.name])
        report['programs'].append(line)
    for row in MEMORY_ROWS:
        report['memory'][row] = spread([rows[row] for rows in memory])
    return report


def times(ratio):
    return f'{ratio["median"]:5.2f} ({ratio["low"]:.2f} to {ratio["high"]:.2f})'


def table(report):
    mean = report['frame_bytes'] / report['packets']
    lines = [f'trace    {report["trace"]}: {report["packets"]} packets, {mean:.0f} bytes a packet',
             f'rules    {report["domains"]} domains with all names below them, the same for all',
             f'rounds   {report["rounds"]} in turns, one CPU; load of the machine {report["load"][0]:.1f}', '',
             'whole programs on that capture, start-up subtracted (CPU time; median, lowest, highest)',
             '                  kpps                        Gbit/s   start-up s   memory MiB   found   version']
    for line in report['programs']:
        speed = line['packets_per_second']
        kpps = f'{speed["median"] / 1e3:6.0f} ({speed["low"] / 1e3:.0f} to {speed["high"] / 1e3:.0f})'
        lines.append(f'{line["name"]:<16} {kpps:<26} {speed["median"] * mean * 8e-9:7.2f}   '
                     f'{line["start_up_cpu_s"]:10.2f}   {line["rss_mib"]:10.0f} {line["hits"]:7}   {line["version"]}')
    lines += ['', "rows of the bench's own mix out of memory, one worker"]
    for row, speed in report['memory'].items():
        median, low, high = (speed[key] / 1e3 for key in ('median', 'low', 'high'))
        lines.append(f'{row:<16} {median:6.0f} ({low:.0f} to {high:.0f}) kpps')
    lines += ['', 'packets a second to those of the peer (median, lowest, highest of the rounds)',
              f'                  sluice replay, goal {GOAL_REPLAY}          row match, goal {GOAL_MEMORY}']
    for line in report['programs'][1:]:
        lines.append(f'{line["name"]:<16}  {times(line["replay_to_it"]):<30} {times(line["memory_to_it"])}')
    return '\n'.join(lines)


def compare(arguments, work, stack):
    trace = make_trace(arguments, work)
    packets, frame_bytes = survey(work)
    domains = peer_rules.shipped_domains(os.path.join(SOURCE, 'rules/packs/vendor-telemetry.csv'))
    domains += made_domains(arguments, work)
    peer_rules.write_suricata(domains, os.path.join(work, 'suricata.rules'))
    peer_rules.write_ndpi(domains, os.path.join(work, 'ndpi.protos'))
    peer_rules.write_sluice(domains, os.path.join(work, 'sluice.csv'))
    programs = [sluice(arguments.build, work)]
    for suite in arguments.suites:
        programs.append(suricata(stack.enter_context(Root(suite, 'suricata', work, arguments.roots)), work))
    programs.append(ndpi(work))
    rounds, memory = measure(programs, arguments, work, packets)
    return report_of(arguments, trace, packets, frame_bytes, programs, rounds, memory, len(domains))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', required=True, help='our build folder')
    parser.add_argument('--trace', metavar='PCAP', help='a capture to use instead of a made one')
    parser.add_argument('--own', action='store_true', help="the bench's own mix, though there is make_trace.py")
    parser.add_argument('--mb', type=int, default=1000, help='size of the made capture (%(default)s)')
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--seconds', type=float, default=6, help='of the rows out of memory, a round (%(default)s)')
    parser.add_argument('--domains', type=int, default=1000, help='of the long list, besides those that ship '
                        '(%(default)s); many make start-up so long that it hides what a capture takes')
    parser.add_argument('--suites', nargs='+', default=SUITES, metavar='SUITE', help="releases of Debian whose "
                        f"Suricata is measured ({' '.join(SUITES)})")
    parser.add_argument('--roots', metavar='FOLDER', help='keep the roots there, and use those that are there')
    parser.add_argument('--json', metavar='OUT', help='write the figures to this file too')
    arguments = parser.parse_args()
    arguments.build = os.path.abspath(arguments.build)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # through what removes the roots
    try:
        with tempfile.TemporaryDirectory(prefix='sluice-peers-') as work, contextlib.ExitStack() as stack:
            report = compare(arguments, work, stack)
    except (Trouble, against.Trouble, RootError, OSError, subprocess.SubprocessError) as error:
        print(f'bench: {error}', file=sys.stderr)
        return 1
    print(table(report))
    if arguments.json:
        with open(arguments.json, 'w', encoding='utf8') as file:
            json.dump(report, file, indent=1)
    return 0


if __name__ == '__main__':
    sys.exit(main())
