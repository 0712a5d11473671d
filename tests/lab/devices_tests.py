"""Who is on the inside: makes and models, a phone with another hardware address, what people say of devices."""

import dataclasses
import json
import time

import phone
import tap
from bench import Skipped, require

SEEN_LIMIT_S = 5.0
VANTAGE_LIMIT_S = 10.0  # it looks every 5 s
# As phone.py has them, and what they are.
KINDS = {"xiaomi": ("Xiaomi", "Redmi Note 9S", "Android"), "samsung": ("Samsung", "SM-A525F", "Android"),
         "oppo": ("OPPO or OnePlus", "CPH2219", "Android"), "google": ("Google", "Pixel 8", "Android"),
         "desktop": ("", "", "Windows")}
CHECKS = {"xiaomi": "http://connect.rom.miui.com/generate_204", "desktop": "http://www.msftconnecttest.com/connecttest.txt"}
DEFAULT_CHECK = "http://connectivitycheck.gstatic.com/generate_204"
# The same phones again, under names, hardware and addresses of their own: those of the demo stand on this wire already.
PHONES = {device.name: dataclasses.replace(device, name=f"own-{device.name}", host=f"1{device.host}",
                                           mac=device.mac.replace("02:6d:69:00:00", "02:6d:69:00:02"))
          for device in phone.DEVICES}
JOINED = set()  # (lab, name) of those that are on the wire
ROUTER = "192.168.77.66"
MASQUERADE = '''table ip nat {
  chain out {
    type nat hook postrouting priority srcnat;
    oifname "wlan0" masquerade
  }
}
'''
OWN_NAME = "annas-own-telephone"


def sluice(bench, command, *arguments):
    """`sluice devices COMMAND`; returns CompletedProcess."""
    return bench.lab.run("tap", [tap.program("sluice"), "devices", command, "--config", bench.wire.config, *arguments])


def answer(bench, command, *arguments):
    done = sluice(bench, command, "--json", *arguments)
    require(done.returncode == 0, f"sluice devices {command}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def listed(bench):
    return answer(bench, "list", "--limit", "1000")["devices"]


def host_of(name):
    """The namespace of a phone of PHONES, or of what a test put on the wire itself."""
    return PHONES[name].name if name in PHONES else name


def address_of(bench, name):
    shown = json.loads(bench.lab.ip(host_of(name), "-j -4 address show dev wlan0"))[0]["addr_info"]
    require(shown, f"{name} has no address")
    return shown[0]["local"]


def at(bench, name):
    """The device that the tap knows at the address of that phone; None where there is none."""
    address = address_of(bench, name)
    return next((device for device in listed(bench) if device["address"] == address), None)


def known(bench, name, holds):
    """The same, once it holds."""
    deadline = time.monotonic() + SEEN_LIMIT_S
    while True:
        device = at(bench, name)
        if device and holds(device):
            return device
        require(time.monotonic() < deadline, f"{name} is known as {device}; all: {json.dumps(listed(bench), indent=1)}")
        time.sleep(0.1)


def join(bench, name):
    """The phone.Device of that make, on the wire."""
    device = PHONES[name]
    if (bench.lab.id, name) not in JOINED:
        phone.join(bench.lab, device)
        JOINED.add((bench.lab.id, name))
    return device


def talk(bench, name):
    """What each system does at the join; the Xiaomi phone says hello to its push service, too."""
    device = join(bench, name)
    url = CHECKS.get(name, DEFAULT_CHECK)
    phone.curl(bench.lab, device, url)
    if name == "xiaomi":
        phone.push(bench.lab, device, phone.PUSH_NAME)


def devices_are_told_by_make_and_model(bench):
    for name, (vendor, model, system) in KINDS.items():
        talk(bench, name)
        known(bench, name, lambda found, kind=(vendor, model, system): kind == (
            found.get("vendor", ""), found.get("model", ""), found.get("os", "").split(" ")[0]))
    whole = answer(bench, "show", at(bench, "xiaomi")["id"])
    rungs = {vote["from"] for vote in whole["votes"]}
    require({"push-model", "user-agent", "dhcp-vendor-class"} <= rungs, f"votes of {rungs}: {whole}")
    require("Redmi-Note-9S".lower() not in json.dumps(whole["identifiers"]).lower(), whole["identifiers"])


def a_phone_with_another_hardware_address_is_the_same_by_its_push_service(bench):
    talk(bench, "xiaomi")
    before = known(bench, "xiaomi", lambda found: found.get("model") == "Redmi Note 9S")
    require(sluice(bench, "set", before["id"], "--name", "the minister's", "--group", "cabinet").returncode == 0, "set")
    renew(bench, "xiaomi", "06:6d:69:00:01:21")
    phone.push(bench.lab, PHONES["xiaomi"], phone.PUSH_NAME)
    after = known(bench, "xiaomi", lambda found: found["id"] == before["id"])
    require(after["name"] == "the minister's", after)
    shown = sluice(bench, "show", before["id"][:13])
    require("Redmi Note 9S" in shown.stdout and "(made up)" in shown.stdout, shown.stdout + shown.stderr)


def a_phone_with_another_hardware_address_is_the_same_by_a_name_of_its_own(bench):
    lab = bench.lab
    lab.add_device("own", "02:6d:69:00:00:55", "fd77::55")
    lab.check("own", phone.dhcp_command(lab, hostname=OWN_NAME, vendor_class="android-dhcp-13"))
    bench.lab.run("own", ["ping", "-c", "1", "-W", "1", "192.168.77.1"])
    before = known(bench, "own", lambda found: found)
    renew(bench, "own", "06:6d:69:00:01:55", hostname=OWN_NAME, vendor_class="android-dhcp-13")
    bench.lab.run("own", ["ping", "-c", "1", "-W", "1", "192.168.77.1"])
    known(bench, "own", lambda found: found["id"] == before["id"])


def renew(bench, name, mac, hostname=None, vendor_class=None):
    """Another hardware address, and the lease that goes with it."""
    lab = bench.lab
    device = PHONES.get(name)
    for command in ("address flush dev wlan0 scope global", "link set wlan0 down", f"link set wlan0 address {mac}",
                    "link set wlan0 up"):
        lab.ip(host_of(name), command)
    lab.check(host_of(name), phone.dhcp_command(lab, hostname=hostname or device.hostname,
                                                vendor_class=vendor_class or device.vendor_class))


def what_people_say_of_devices_outlives_a_kill(bench):
    talk(bench, "samsung")
    device = known(bench, "samsung", lambda found: found.get("vendor") == "Samsung")
    changed = answer(bench, "set", device["id"], "--name", "lent", "--group", "pool")
    require(changed["name"] == "lent" and changed["group"] == "pool", changed)
    time.sleep(2.5)  # it is written once a second
    bench.wire.kill_control()
    bench.wire.start_control()
    after = known(bench, "samsung", lambda found: found["id"] == device["id"])
    require((after["name"], after.get("model")) == ("lent", "SM-A525F"), after)
    require([one["id"] for one in answer(bench, "list", "--group", "pool")["devices"]] == [device["id"]], "by group")
    # What is found later is of the same device.
    with bench.alerts() as alerts:
        phone.curl(bench.lab, PHONES["samsung"], "http://connect.rom.miui.com/generate_204")
    require(alerts, "a listed name is no finding")
    findings = json.loads(bench.lab.check("tap", [tap.program("sluice"), "findings", "list", "--config",
                                                  bench.wire.config, "--device", device["id"], "--json"]))["findings"]
    require(findings and findings[0]["device"]["name"] == "lent", findings)


def two_that_are_one_are_joined_and_parted_by_hand(bench):
    for name in ("oppo", "google"):
        talk(bench, name)
    one = known(bench, "oppo", lambda found: found.get("model") == "CPH2219")
    other = known(bench, "google", lambda found: found.get("vendor") == "Google")
    joined = answer(bench, "join", one["id"], other["id"])
    require(joined["id"] == other["id"], joined)
    require(sluice(bench, "show", one["id"]).returncode == 1, "it is still there")
    mac = [named["identifier"] for named in joined["identifiers"] if named["identifier"].startswith("hardware-address")]
    parted = answer(bench, "split", other["id"], mac[1])
    require(len(mac) == 2 and parted["id"] != other["id"], parted)


def behind_a_nat_nothing_is_given_to_either(bench):
    lab = bench.lab
    lab.add_device("router", "02:6d:69:00:00:66", "fd77::66", ROUTER)
    for at, name in enumerate(("behind-a", "behind-b"), start=1):
        lab.add_host(name)
        lab.ip("router", f"link add lan{at} type veth peer name wlan0 netns {lab.netns(name)}")
        lab.ip("router", f"address add 10.9.{at}.1/24 dev lan{at}")
        lab.ip("router", f"link set lan{at} up")
        lab.ip(name, f"address add 10.9.{at}.2/24 dev wlan0")
        lab.ip(name, "link set wlan0 up")
        lab.ip(name, f"route add default via 10.9.{at}.1")
    lab.check("router", ["sh", "-ec", "echo 1 > /proc/sys/net/ipv4/ip_forward"])
    done = lab.run("router", ["nft", "-f", "-"], input=MASQUERADE)
    if "not supported" in done.stderr:
        raise Skipped(f"this kernel translates no addresses: {done.stderr.strip()}")
    require(done.returncode == 0, done.stderr)
    talking = {"behind-a": phone.PUSH,
               "behind-b": dataclasses.replace(phone.PUSH, model="M2101K6G", device_id="a-" + "b" * 40)}
    with bench.alerts() as alerts:
        for name, said in talking.items():
            phone.push(lab, dataclasses.replace(phone.DEVICES[0], name=name), phone.PUSH_NAME, said)
    require(alerts, "nothing was found")
    found = next(device for device in listed(bench) if device["address"] == ROUTER)
    require("contradicting-votes" in found.get("several", []) and found.get("routers_between") == 1, found)
    findings = json.loads(bench.lab.check("tap", [tap.program("sluice"), "findings", "list", "--config",
                                                  bench.wire.config, "--device", ROUTER, "--json"]))["findings"]
    require(findings, "no finding of what stands behind the router")
    for finding in findings:
        subject = finding["device"]
        require(subject["certainty"] == "one-of-several" and "vendor" not in subject and "model" not in subject, subject)
    for condition in ("nat-suspected", "router-between"):
        bench.wait_for(VANTAGE_LIMIT_S, f"{condition} by sluice vantage",
                       lambda condition=condition: is_named(bench, condition, found["id"]))


def is_named(bench, condition, device):
    """Whether `sluice vantage` has found it, of that device too."""
    checks = json.loads(bench.wire.sluice("vantage", "--json").stdout)["checks"]
    return any(check["condition"] == condition and device in check.get("devices", []) for check in checks)


TESTS = [
    devices_are_told_by_make_and_model,
    a_phone_with_another_hardware_address_is_the_same_by_its_push_service,
    a_phone_with_another_hardware_address_is_the_same_by_a_name_of_its_own,
    what_people_say_of_devices_outlives_a_kill,
    two_that_are_one_are_joined_and_parted_by_hand,
    behind_a_nat_nothing_is_given_to_either,
]
