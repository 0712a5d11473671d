"""The lab: an inside and an outside in network namespaces of their own, and the tap on the wire between them.

    with Lab() as lab:
        lab.start_servers(names)
        with lab.tap("af_xdp", mode="monitor", rules=[...]):
            lab.run("inside", ["ping", "-c1", "192.168.77.1"])

See README.md for the drawing. Nothing here touches the machine's own network.
"""

import ctypes
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import planes
import servers

INSIDE4, INSIDE6 = "192.168.77.10", "fd77::10"
OUTSIDE4, OUTSIDE6 = "192.168.77.1", "fd77::1"  # the gateway, DHCP and DNS server

PROGRAMS = {  # program -> Debian package
    "ip": "iproute2",
    "tc": "iproute2",
    "ethtool": "ethtool",
    "nsenter": "util-linux",
    "unshare": "util-linux",
    "tcpdump": "tcpdump",
    "ping": "iputils-ping",
    "curl": "curl",
    "kdig": "knot-dnsutils",
    "openssl": "openssl",
    "gtlsclient": "ngtcp2-client",
    "nginx": "nginx-light",
    "caddy": "caddy",
    "minisign": "minisign",
    "dnsmasq": "dnsmasq-base",
    "busybox": "busybox",
}
TEST_PROGRAMS = {"chromium": "chromium", "prometheus": "prometheus", "promtool": "prometheus", "strace": "strace",
                 "addr2line": "binutils"}  # the demo needs none
NSS_WRAPPER = ("libnss_wrapper.so", "libnss-wrapper")  # library, Debian package: a hosts file for one program
CAPABILITIES = {"CAP_NET_ADMIN": 12, "CAP_NET_RAW": 13, "CAP_SYS_ADMIN": 21}  # capabilities(7), linux/capability.h
CLONE_NEWNET = 0x40000000
KEEPER_LIMIT_S = 15.0
# What a frame looks like must not depend on a card that is not there: a checksum left to "hardware" never gets made
# on a virtual pair, a merged segment was never on a wire, a tag taken out of the frame is not seen by the tap.
OFFLOADS_OFF = "rx off tx off sg off tso off gso off gro off rxvlan off txvlan off".split()
# No daemon of the machine may steer a client: curl honours proxies, caddy and openssl read the home directory.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class NoRights(Exception):
    """This process may not make network namespaces; the message says what is missing."""


class Missing(Exception):
    """A program that the lab starts is not installed; the message names the Debian packages."""


def check_rights():
    with open("/proc/self/status", encoding="ascii") as status:
        effective = next(int(line.split()[1], 16) for line in status if line.startswith("CapEff:"))
    lacking = [name for name, bit in CAPABILITIES.items() if not effective >> bit & 1]
    if lacking:
        raise NoRights(f"the lab needs {', '.join(lacking)} (run it as root)")
    # Capabilities inside a container may still be refused by its seccomp filter or a read-only /run.
    probe = subprocess.run(["unshare", "--net", "true"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        raise NoRights(f"no network namespace can be made here: {probe.stderr.strip()}")
    if not os.access("/proc/sys/net/ipv6/conf/default/accept_dad", os.W_OK):
        raise NoRights("/proc/sys/net/ipv6 cannot be written: /proc/sys is read-only, or the kernel has no IPv6")


def check_programs(programs=PROGRAMS):
    packages = sorted({package for program, package in programs.items() if not shutil.which(program, path=PATH)})
    if not any(Path("/usr/lib").glob(f"*/{NSS_WRAPPER[0]}")):
        packages.append(NSS_WRAPPER[1])
    if packages:
        raise Missing(f"install the Debian packages {' '.join(packages)}")


class Lab:
    def __init__(self, mtu=1500, hugepages=0):
        self.mtu = mtu
        self.hugepages = hugepages
        self.id = secrets.token_hex(3)

    # --- coming and going

    def __enter__(self):
        check_programs()
        check_rights()
        keeper = Path(__file__).with_name("keeper.py")
        self._keeper = subprocess.Popen([sys.executable, keeper], stdin=subprocess.PIPE, text=True,
                                        start_new_session=True, cwd="/")
        try:
            directory = tempfile.gettempdir() + f"/slu-{self.id}"
            self._tell("directory", directory)
            os.mkdir(directory, 0o700)
            self.directory = Path(directory)
            self.environment = {"PATH": PATH, "HOME": directory, "LANG": "C.UTF-8"}
            self._reserve_hugepages()
            self._lay_wires()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        self._keeper.stdin.close()
        self._keeper.wait(KEEPER_LIMIT_S)

    def _tell(self, kind, what):
        self._keeper.stdin.write(f"{kind} {what}\n")
        self._keeper.stdin.flush()

    def _reserve_hugepages(self):
        if self.hugepages == 0:
            return
        path = Path("/proc/sys/vm/nr_hugepages")
        before = int(path.read_text(encoding="ascii"))
        self._tell("hugepages", self.hugepages)
        path.write_text(str(before + self.hugepages), encoding="ascii")

    # --- the wires

    def netns(self, role):
        """The name of a role's namespace: inside, outside, tap, or a device's name."""
        return f"slu-{self.id}-{ {'inside': 'in', 'outside': 'out'}.get(role, role) }"

    def _add_netns(self, role):
        name = self.netns(role)
        if Path("/run/netns", name).exists():
            raise RuntimeError(f"{role} stands in this lab already: another name for it")
        self._tell("netns", name)
        done = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NoRights(f"ip netns add: {done.stderr.strip()}")

    def _host(self, role):
        """A namespace for a host that speaks when it is spoken to: no DAD, no router solicitation."""
        self._add_netns(role)
        self._sysctl(role, {"net/ipv6/conf/default/accept_dad": 0, "net/ipv6/conf/default/dad_transmits": 0,
                            "net/ipv6/conf/default/router_solicitations": 0, "net/ipv6/conf/default/accept_ra": 0})
        self.ip(role, "link set lo up")

    def _lay_wires(self):
        self._host("inside")
        self._host("outside")
        # The tap's own namespace is left as a kernel makes it: to silence its two interfaces is the tap's work.
        self._add_netns("tap")
        for host, port, role in (("inside0", "tap-in", "inside"), ("outside0", "tap-out", "outside")):
            self.ip(role, f"link add {host} mtu {self.mtu} type veth peer name {port} mtu {self.mtu} "
                          f"netns {self.netns('tap')}")
            self.check(role, ["ethtool", "-K", host, *OFFLOADS_OFF])
            self.check("tap", ["ethtool", "-K", port, *OFFLOADS_OFF])
            self.ip("tap", f"link set {port} up")
            self.ip(role, f"link set {host} up")
        self._address("inside", "inside0", INSIDE4, INSIDE6)
        self.ip("outside", f"address add {OUTSIDE4}/24 dev outside0")
        self.ip("outside", f"address add {OUTSIDE6}/64 dev outside0 nodad")
        # Outside is the whole internet: it answers on every address there is. (In table main, where the route to the
        # inside is longer; table local would come before it.)
        self.ip("outside", "route add local default dev lo table main")
        self.ip("outside", "-6 route add local default dev lo table main")
        self._sysctl("outside", {"net/ipv6/ip_nonlocal_bind": 1})

    def _address(self, role, interface, address4, address6):
        if address4:
            self.ip(role, f"address add {address4}/24 dev {interface}")
            self.ip(role, f"route add default via {OUTSIDE4}")
        self.ip(role, f"address add {address6}/64 dev {interface} nodad")
        self.ip(role, f"-6 route add default via {OUTSIDE6}")

    def add_host(self, name):
        """A namespace that stands on no wire yet."""
        self._host(name)

    def add_device(self, name, mac, address6, address4=None):
        """One more device on the inside wire, in a namespace `name` with interface wlan0; IPv4 by DHCP unless given."""
        self._host(name)
        self.ip("inside", f"link add link inside0 name mv-{name} address {mac} type macvlan mode bridge")
        self.ip("inside", f"link set mv-{name} netns {self.netns(name)} name wlan0")
        self.ip(name, "link set wlan0 up")
        self._address(name, "wlan0", address4, address6)

    # --- running things

    def command(self, role, arguments):
        # nsenter and not `ip netns exec`: that one remounts /, which a chroot does not allow.
        return ["nsenter", f"--net=/run/netns/{self.netns(role)}", "--", *map(str, arguments)]

    def run(self, role, arguments, timeout=30.0, input=None):
        """Runs a client to its end; returns CompletedProcess with text. One that does not end is killed: code 124."""
        command = self.command(role, arguments)
        try:
            return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False,
                                  timeout=timeout, env=self.environment, input=input,
                                  **({} if input is not None else {"stdin": subprocess.DEVNULL}))
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, 124, "", f"did not end within {timeout} s")

    def check(self, role, arguments, **options):
        """As run(), but failing is an error here; returns what the program printed."""
        done = self.run(role, arguments, **options)
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip())[-500:]
            raise RuntimeError(f"{' '.join(map(str, arguments))}: exit status {done.returncode}: {said}")
        return done.stdout

    def start(self, role, arguments, stdout=None, stderr=subprocess.STDOUT):
        """Starts a program that goes on; it ends with the lab at the latest."""
        return subprocess.Popen(self.command(role, arguments), stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr,
                                env=self.environment, cwd=self.directory, start_new_session=True)

    def ip(self, role, arguments):
        return self.check(role, ["ip", *arguments.split()])

    def _sysctl(self, role, values):
        writes = "; ".join(f"echo {value} > /proc/sys/{key}" for key, value in values.items())
        self.check(role, ["sh", "-ec", writes])

    def counters(self, role, interface):
        """(received, sent) frames of an interface, as the kernel counts them."""
        stats = json.loads(self.ip(role, f"-j -s link show dev {interface}"))[0]["stats64"]
        return stats["rx"]["packets"], stats["tx"]["packets"]

    def forget_neighbours(self):
        for role, interface in (("inside", "inside0"), ("outside", "outside0")):
            self.ip(role, f"neigh flush dev {interface}")

    def socket(self, role, *arguments):
        """A socket of this process that lives in a role's namespace (a socket stays where it was made)."""
        made = []

        def make():
            try:
                self.enter(role)
                made.append(socket.socket(*arguments))
            except OSError as error:
                made.append(error)

        # This thread moves, makes the socket and ends.
        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        if isinstance(made[0], OSError):
            raise made[0]
        return made[0]

    def enter(self, role):
        """Moves the calling thread, and no other, into a role's namespace for good: setns(2)."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open(f"/run/netns/{self.netns(role)}", "rb") as namespace:
            if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")

    # --- what stands on either side and between

    def start_servers(self, names=(), addresses=None, leases=None):
        self.servers = servers.Servers(self, names, addresses or {}, leases or {})
        return self.servers

    def tap(self, driver, mode="monitor", rules=(), trusted_keys=()):
        return planes.Planes(self, driver, mode, rules, trusted_keys)
