"""What a handful of devices send in half a minute: the same script in every run, spoken by real clients.

Names and formats: rules/packs/vendor-telemetry.csv gives the source of each. The people, identifiers and contents are
made up. Each device also does what no rule is about, so that a finding has to be told from ordinary traffic.
"""

import hashlib
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import vendors
import xiaomi_push
from bench import is_address, quic_command
from lab import OUTSIDE4
from servers import QUIC4, QUIC6

CAPTURE = Path(__file__).with_name("demo.pcap")  # the script below, recorded in the lab
CLIENT_LIMIT_S = 10.0
SETTLE_S = 1.0  # connections close after the last step


@dataclass(frozen=True)
class Device:
    """A device as DHCP sees it: what it calls itself, its vendor class (option 60), the options it asks for (55)."""

    name: str
    mac: str  # locally administered, as phones make them up for each network
    host: str  # last part of its addresses: 192.168.77.HOST, fd77::HOST
    hostname: str
    vendor_class: str
    asks: tuple
    agent: str  # its system's HTTP user agent


PUSH_NAME = "app.chat.global.xiaomi.net"
ANDROID_ASKS = (1, 3, 6, 15, 26, 28, 51, 58, 59, 43)
APPLE_ASKS = (1, 121, 3, 6, 15, 108, 114, 119, 252)
WINDOWS_ASKS = (1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252)


def android(name, mac, host, hostname, vendor_class, model, version):
    agent = f"Dalvik/2.1.0 (Linux; U; Android {version}; {model})"
    return Device(name, mac, host, hostname, vendor_class, ANDROID_ASKS, agent)


DEVICES = (
    android("xiaomi", "02:6d:69:00:00:21", "21", "Redmi-Note-9S", "android-dhcp-11", "Redmi Note 9S", 11),
    android("huawei", "02:6d:69:00:00:22", "22", "HUAWEI_P30", "HUAWEI:android:ELE", "ELE-L29", 10),
    android("samsung", "02:6d:69:00:00:23", "23", "Galaxy-A52", "android-dhcp-13", "SM-A525F", 13),
    android("oppo", "02:6d:69:00:00:24", "24", "OPPO-A74", "android-dhcp-12", "CPH2219", 12),
    android("vivo", "02:6d:69:00:00:25", "25", "vivo-Y21", "android-dhcp-12", "V2111", 12),
    android("google", "02:6d:69:00:00:26", "26", "Pixel-8", "android-dhcp-14", "Pixel 8", 14),
    Device("apple", "02:6d:69:00:00:27", "27", "iPhone", "", APPLE_ASKS, "CaptiveNetworkSupport-443.0.0 wispr"),
    Device("desktop", "02:6d:69:00:00:28", "28", "DESKTOP-7Q2", "MSFT 5.0", WINDOWS_ASKS, "Microsoft NCSI"),
)


@dataclass(frozen=True)
class Step:
    at: float  # seconds after the start
    device: str
    kind: str  # one of KINDS
    target: str  # a name, a URL, or one of the exchanges of vendors.py
    options: dict = field(default_factory=dict)


def steps(*rows):
    return tuple(Step(row[0], row[1], row[2], row[3], row[4] if len(row) > 4 else {}) for row in rows)


SCRIPT = steps(
    # At the join each system asks whether this is the internet.
    (0.0, "xiaomi", "http", "http://connect.rom.miui.com/generate_204"),
    (0.3, "huawei", "http", "http://connectivitycheck.platform.hicloud.com/generate_204"),
    (0.6, "samsung", "http", "http://connectivitycheck.gstatic.com/generate_204"),
    (0.9, "oppo", "http", "http://conn-service-gl-01.allawntech.com/generate204"),
    (1.2, "vivo", "http", "http://wifi.vivo.com.cn/generate_204"),
    (1.5, "google", "http", "http://connectivitycheck.gstatic.com/generate_204"),
    (1.8, "apple", "http", "http://captive.apple.com/hotspot-detect.html"),
    (2.1, "desktop", "http", "http://www.msftconnecttest.com/connecttest.txt"),
    # What no rule is about.
    (2.6, "apple", "https", "https://www.example.org/news", {"family": 6}),
    (2.9, "desktop", "https", "https://intranet.example.com/"),
    (3.2, "google", "quic", "video.example.net"),
    # A desktop may ask the same question of somebody else's server: that makes no phone of it.
    (3.5, "desktop", "http", "http://connect.rom.miui.com/generate_204"),
    # Xiaomi: push in clear text, counters, browser events, a term list over HTTP, tracking.
    (4.0, "xiaomi", "push", PUSH_NAME),
    (4.5, "xiaomi", "vendor", "xiaomi-gslb"),
    (5.0, "xiaomi", "https", "https://data.mistat.intl.xiaomi.com/mistats/v3", {"post": 900}),
    (5.5, "xiaomi", "vendor", "mistat"),
    (6.0, "xiaomi", "https", "https://sa.api.intl.miui.com/sa?project=global_browser_mini&r=CH", {"post": 2400}),
    (7.0, "xiaomi", "vendor", "ad-filter"),
    (7.3, "xiaomi", "vendor", "sensors"),
    (7.5, "xiaomi", "vendor", "splash-ads"),
    (8.0, "xiaomi", "https", "https://tracking.intl.miui.com/track/v1", {"post": 700}),
    # SDKs inside apps, whatever the make: names resolved past the resolver, analytics, push, location.
    (8.5, "xiaomi", "vendor", "httpdns-signed"),
    (9.0, "huawei", "vendor", "httpdns-d"),
    (9.6, "vivo", "vendor", "httpdns-tencent"),
    (10.2, "xiaomi", "vendor", "umeng"),
    (11.0, "vivo", "https", "https://othstr.beacon.qq.com/analytics/v2_upload", {"post": 800}),
    (11.4, "oppo", "vendor", "beacon"),
    (11.8, "oppo", "vendor", "bugly"),
    (12.2, "vivo", "vendor", "getui"),
    (12.5, "vivo", "long-link", "sdk.open.talk.getui.net"),
    (12.7, "huawei", "vendor", "iflytek"),
    (12.8, "huawei", "vendor", "baidu-location"),
    (13.0, "desktop", "https", "https://docs.example.com/sheet"),
    (13.2, "oppo", "dns", "www.example.net", {"server": "8.8.8.8"}),
    # The makers.
    (13.8, "huawei", "https", "https://metrics1.data.hicloud.com:6447/webv2", {"post": 900}),
    (14.6, "huawei", "dns", "grs.dbankcloud.com"),
    (15.2, "samsung", "https", "https://dc.di.atlas.samsung.com/v2/policy"),
    (16.0, "samsung", "https", "https://nmetrics.samsung.com/", {"post": 600}),
    (16.8, "oppo", "https", "https://obus-sg.dc.heytapmobi.com/v3/track/js/1", {"post": 700}),
    (17.4, "oppo", "dns", "httpdns.push.heytapmobi.com"),
    (18.0, "vivo", "https", "https://moni-onrt-stsdk.vivo.com.cn/client/upload/reportSingleDelay", {"post": 700}),
    (18.6, "apple", "https", "https://xp.apple.com/report/2", {"post": 1200, "family": 6}),
    (19.2, "apple", "https", "https://metrics.icloud.com/", {"post": 400, "family": 6}),
    (19.8, "apple", "tls", "iadsdk.apple.com"),
    (20.4, "google", "quic", "app-measurement.com"),
    (21.0, "google", "https", "https://firebaselogging-pa.googleapis.com/v1/log", {"post": 800}),
    (21.6, "google", "quic", "play.googleapis.com", {"family": 6}),
    (22.2, "desktop", "https", "https://v10.events.data.microsoft.com/OneCollector/1.0/", {"post": 1500}),
    (22.8, "desktop", "https", "https://settings-win.data.microsoft.com/settings/v3.0/"),
    (23.4, "samsung", "https", "https://settings-win.data.microsoft.com/", {"post": 300}),
    # And ordinary traffic once more.
    (24.0, "samsung", "http", "http://weather.example.com/today"),
    (24.6, "huawei", "https", "https://www.example.org/"),
    (25.2, "xiaomi", "quic", "video.example.net"),
    (26.0, "apple", "dns", "mail.example.org"),
)


def host_of(target):
    """Of a URL, a name, or one of the exchanges of vendors.py."""
    url = vendors.EXCHANGES[target].url if target in vendors.EXCHANGES else target
    return url.split("//")[-1].split("/")[0].split(":")[0]


NAMES = sorted({host for step in SCRIPT if not is_address(host := host_of(step.target))})
QUIC_NAMES = {step.target for step in SCRIPT if step.kind == "quic"}


def addresses():
    """{name: (IPv4, IPv6)}: one pair for each registrable name, and caddy's for what is asked over QUIC."""
    owners = sorted({".".join(name.split(".")[-2:]) for name in NAMES})
    pair = {owner: (f"198.18.{n}.10", f"2001:db8:{n:x}::10") for n, owner in enumerate(owners, start=1)}
    return {name: (QUIC4, QUIC6) if name in QUIC_NAMES else pair[".".join(name.split(".")[-2:])] for name in NAMES}


def inside():
    """The devices' addresses, as networks."""
    return [network for device in DEVICES for network in (f"192.168.77.{device.host}/32", f"fd77::{device.host}/128")]


def leases():
    return {device.mac: f"192.168.77.{device.host}" for device in DEVICES}


# --- the clients


def resolve(lab, device, name, family=4, server=OUTSIDE4):
    if is_address(name):
        return name
    kind = "AAAA" if family == 6 else "A"
    answer = lab.run(device.name, ["kdig", f"@{server}", name, kind, "+short", "+retry=1", "+time=2"]).stdout.split()
    return answer[0] if answer else None


def dns(lab, device, name, family=4, server=OUTSIDE4):
    resolve(lab, device, name, family, server)


def curl(lab, device, url, post=0, family=4):
    address = resolve(lab, device, host_of(url), family)
    if address:
        body = ("data=" + "0123456789abcdef" * (post // 16 + 1))[:post].encode()  # says nothing
        lab.run(device.name, curl_command(lab, url, address, device.agent, (), body), timeout=CLIENT_LIMIT_S)


def vendor(lab, device, name):
    exchange = vendors.EXCHANGES[name]
    address = resolve(lab, device, host_of(exchange.url))
    if address:
        lab.run(device.name, curl_command(lab, exchange.url, address, exchange.agent, exchange.headers, exchange.body),
                timeout=CLIENT_LIMIT_S)


def curl_command(lab, url, address, agent, headers, body):
    """One request to `address`; the page is thrown away."""
    host = host_of(url)
    port = url.split("/")[2].partition(":")[2] or ("443" if url.startswith("https") else "80")
    shown = f"[{address}]" if ":" in address else address
    given = []
    if body:
        file = lab.directory / f"body-{hashlib.sha256(body).hexdigest()[:16]}"
        file.write_bytes(body)
        given = ["--data-binary", f"@{file}"]
    return ["curl", "--silent", "--fail", "--output", "/dev/null", "--max-time", "5", "--user-agent", agent,
            "--cacert", lab.servers.authority, "--connect-to", f"{host}:{port}:{shown}:{port}",
            *(part for header in headers for part in ("--header", header)), *given, url]


def tls(lab, device, name):
    """A handshake and nothing after it, as TLS 1.2 made it."""
    address = resolve(lab, device, name)
    if address:
        lab.run(device.name, ["openssl", "s_client", "-tls1_2", "-connect", f"{address}:443", "-servername", name,
                              "-CAfile", lab.servers.authority], timeout=CLIENT_LIMIT_S)


def quic(lab, device, name, family=4):
    address = resolve(lab, device, name, family)
    if address:
        command = quic_command(name, address, lab.directory / f"quic-{device.name}")
        lab.run(device.name, command, timeout=CLIENT_LIMIT_S)


PUSH = xiaomi_push.Phone(model="Redmi Note 9S", network="mobile-lte-web.example",
                         server=f"{PUSH_NAME}:{xiaomi_push.PORT}")


def identifiers():
    """What of the script may not stand in an event."""
    told = [vendors.EXCHANGES[step.target].known for step in SCRIPT if step.kind == "vendor"]
    return [*PUSH.known(), *(value for known in told for value in known)]


def push(lab, device, name, said=PUSH):
    if address := resolve(lab, device, name):
        with lab.socket(device.name) as connection:
            connection.settimeout(CLIENT_LIMIT_S)
            connection.connect((address, xiaomi_push.PORT))
            xiaomi_push.converse(connection, said)


def long_link(lab, device, name):
    """Getui's connection over TCP, as far as it is known: opaque bytes to a port of its own."""
    if address := resolve(lab, device, name):
        with lab.socket(device.name) as connection:
            connection.settimeout(CLIENT_LIMIT_S)
            connection.connect((address, vendors.GETUI_PORT))
            connection.sendall(vendors.GETUI_HELLO)


KINDS = {"dns": dns, "http": curl, "https": curl, "tls": tls, "quic": quic, "push": push, "vendor": vendor,
         "long-link": long_link}


# --- joining and behaving

ON_LEASE = """#!/bin/sh
[ "$1" = bound ] || exit 0
ip address add "$ip/24" dev "$interface"
ip route add default via "$router"
"""


def dhcp_command(lab, interface="wlan0", hostname="phone", vendor_class="", asks=ANDROID_ASKS):
    """A DHCP client that takes a lease, sets it and ends; status 0 when it has one."""
    script = lab.directory / "on-lease"
    if not script.exists():
        script.write_text(ON_LEASE)
        script.chmod(0o755)
    return ["busybox", "udhcpc", "-f", "-q", "-n", "-t", "5", "-T", "1", "-i", interface, "-s", script,
            "-V", vendor_class, "-x", f"hostname:{hostname}", "-o",
            *(part for option in asks for part in ("-O", option))]


def join(lab, device):
    """Puts the device on the inside wire and takes its address by DHCP."""
    lab.add_device(device.name, device.mac, f"fd77::{device.host}")
    lab.check(device.name, dhcp_command(lab, "wlan0", device.hostname, device.vendor_class, device.asks))


def behave(lab, pace=1.0, said=None):
    """All devices join, then the script runs; pace 0.5 is twice as fast. `said(line)` hears of each step."""
    devices = {device.name: device for device in DEVICES}
    for device in DEVICES:
        join(lab, device)
    begin = time.monotonic()
    running = []
    for step in SCRIPT:
        time.sleep(max(0.0, begin + step.at * pace - time.monotonic()))
        if said:
            said(f"{step.device}: {step.kind} {step.target}")
        thread = threading.Thread(target=KINDS[step.kind], args=(lab, devices[step.device], step.target),
                                  kwargs=step.options)
        thread.start()
        running.append(thread)
    for thread in running:
        thread.join()
    time.sleep(SETTLE_S)
