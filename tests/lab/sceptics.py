"""What a reader wants shown who does not believe it: each claim is put to the events, and judged by what they say."""

import re
from dataclasses import dataclass

import phone
import vendors

RECIPIENTS_WANTED = 6
PROTOCOLS_WANTED = 4
BY_NAME = {"name-looked-up", "name-in-handshake", "data-sent"}
CHECK = "connect.rom.miui.com"  # the connectivity check that the desktop asks for as well
CONTENT = {"content-matched", "content-decoded"}


@dataclass(frozen=True)
class Judged:
    claim: str
    holds: bool
    evidence: str


def device(name):
    return f"192.168.77.{next(device.host for device in phone.DEVICES if device.name == name)}"


def about(alert):
    """What is known of the rule: of a signature beside its own metadata."""
    return alert["sluice"].get("rule") or alert["alert"]["metadata"]


def recipient(alert):
    return about(alert).get("recipient", ["nobody"])[0]


def matched(alert):
    return alert["sluice"]["matched"]


def said(alert):
    """All that a finding says, without whom, when and where it was."""
    return alert["alert"]["signature"], str(about(alert)), alert["sluice"]["class"], \
        alert["sluice"]["confidence"], alert["sluice"]["stage"], alert["alert"]["severity"]


def by_name(alerts):
    found = sorted({recipient(alert) for alert in alerts if alert["sluice"]["stage"] in BY_NAME
                    and not re.fullmatch(r"[\d.]+|[\da-f:]+", matched(alert)["value"])} - {"nobody", "the lab"})
    return Judged(f"findings from at least {RECIPIENTS_WANTED} recipients by name", len(found) >= RECIPIENTS_WANTED,
                  f"{len(found)}: {', '.join(found)}")


def by_content(alerts):
    hosts = {phone.host_of(name): name for name in vendors.EXCHANGES}
    found = {hosts[host] for alert in alerts if alert["sluice"]["stage"] in CONTENT
             and (host := phone.host_of(matched(alert)["value"])) in hosts}
    found |= {"xiaomi-push" for alert in alerts if "xiaomi_push" in alert}
    enough = len(found) >= PROTOCOLS_WANTED and "xiaomi-push" in found and any("httpdns" in name for name in found)
    return Judged(f"at least {PROTOCOLS_WANTED} clear-text protocols by content, Xiaomi push and HTTPDNS among them",
                  enough, f"{len(found)}: {', '.join(sorted(found))}")


def model_shown_and_identifiers_not(alerts):
    decoded = [alert["xiaomi_push"] for alert in alerts if "xiaomi_push" in alert]
    shown = [(each.get("model"), each.get("build")) for each in decoded] == [(phone.PUSH.model, phone.PUSH.build)]
    text = str(alerts)
    clear = [value for value in phone.identifiers() if value in text]
    return Judged("model and build are shown, identifiers are not", shown and not clear,
                  f"in clear: {clear}" if clear else str(decoded[:1]))


def desktop_is_no_phone(alerts):
    asked = {name: {said(alert) for alert in alerts if alert["device"] == device(name)
                    and matched(alert)["value"] == CHECK} for name in ("desktop", "xiaomi")}
    # The same of both: so it says who receives, and nothing of who made the device.
    same = bool(asked["desktop"]) and asked["desktop"] == asked["xiaomi"]
    made = sorted({key for alert in alerts if alert["device"] == device("desktop")
                   for key in keys(alert) & {"model", "make", "maker", "build", "xiaomi_push"}})
    words = sorted({each[0] for each in asked["desktop"]})
    return Judged(f"a desktop that asked {CHECK} too is not called a Xiaomi phone", same and not made,
                  f"of both devices word for word the same is said: {'; '.join(words)}" if same and not made
                  else f"of the desktop {asked['desktop']}, of the phone {asked['xiaomi']}, fields {made}")


def keys(value):
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()


def all_are_treated_alike(alerts):
    names = ("Apple", "Google", "Xiaomi", "Microsoft")
    wordings = {name: {alert["alert"]["signature"].replace(name, "...") for alert in alerts
                       if recipient(alert) == name and alert["sluice"]["class"] == "telemetry"
                       and matched(alert)["field"] == "tls.sni"} for name in names}
    severities = {}
    for alert in alerts:
        severities.setdefault((alert["sluice"]["class"], alert["sluice"]["confidence"]), set()).add(
            alert["alert"]["severity"])
    alike = len(set(map(frozenset, wordings.values()))) == 1 and all(wordings.values())
    steady = all(len(numbers) == 1 for numbers in severities.values())
    return Judged(f"{', '.join(names)} are spoken of in the same words", alike and steady,
                  sorted(wordings["Apple"])[0] if alike and steady else f"{wordings}, {severities}")


CLAIMS = (by_name, by_content, model_shown_and_identifiers_not, desktop_is_no_phone, all_are_treated_alike)


def judge(events):
    alerts = [event for event in events if event["event_type"] == "alert"]
    return [claim(alerts) for claim in CLAIMS]
