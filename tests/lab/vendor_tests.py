"""What is said in clear text is found by what it says: every exchange of vendors.py, and nothing beside them."""

from urllib.parse import quote_plus

import phone
import vendors
import xiaomi_push
from bench import require
from servers import WEB4

MATCHED, DECODED = "content-matched", "content-decoded"
# Requests that share a host, a path or a parameter with what is looked for, and are something else.
INNOCENT = ("http://www.example.org/filter/text-books?version=1", "http://www.example.org/d/index?host=a",
            "http://search.example.net/q?dn=weather", "http://maps.example.net/mobile/binary-trees",
            "http://www.example.org/api.php?format=xml", "http://globalapi.ad.xiaomi.com/robots.txt")


def by_content(alerts):
    """{(host, recipient, class)} of what was found by content."""
    return {(phone.host_of(alert["sluice"]["matched"]["value"]), recipient, alert["sluice"]["class"])
            for alert in alerts if alert["sluice"]["stage"] in (MATCHED, DECODED)
            for recipient in (alert["sluice"].get("rule") or alert["alert"]["metadata"])["recipient"]}


def speak(bench, url, agent, headers, body):
    host = phone.host_of(url)
    address = host if host[0].isdigit() else WEB4
    command = phone.curl_command(bench.lab, url, address, agent, headers, body)
    done = bench.inside(command)
    require(done.returncode == 0, f"{url}: curl ended with {done.returncode}: {done.stderr}")


def every_exchange_in_clear_text_is_found_by_what_it_says(bench):
    with bench.events() as events:
        for exchange in vendors.EXCHANGES.values():
            speak(bench, exchange.url, exchange.agent, exchange.headers, exchange.body)
    found = by_content(event for event in events if event["event_type"] == "alert")
    wanted = {(phone.host_of(exchange.url), exchange.recipient, kind)
              for exchange in vendors.EXCHANGES.values() for kind in exchange.classes}
    require(wanted <= found, f"not found by content: {sorted(wanted - found)}; found: {sorted(found)}")
    require_absent(events, [value for exchange in vendors.EXCHANGES.values() for value in exchange.known])


def require_absent(events, identifiers):
    """That no event holds an identifier, as it is or as it stands in a URL."""
    text = "\n".join(map(str, events))
    shown = [value for value in identifiers if value in text or quote_plus(value) in text]
    require(not shown, f"stored in clear: {shown}")


def a_push_connection_is_decoded_and_its_identifiers_are_not_stored(bench):
    with bench.events() as events:
        with bench.lab.socket("inside") as connection:
            connection.connect((WEB4, xiaomi_push.PORT))
            blobs = xiaomi_push.converse(connection, phone.PUSH)
    require(all(blobs), f"the server's frames did not come: {blobs}")
    decoded = [event for event in events if event["event_type"] == "alert" and "xiaomi_push" in event
               and event["sluice"]["stage"] == DECODED]
    require(decoded, f"nothing decoded in {len(events)} events")
    for alert in decoded:
        told = alert["xiaomi_push"]
        wanted = {"model": phone.PUSH.model, "build": phone.PUSH.build, "locale": phone.PUSH.locale,
                  "api_level": phone.PUSH.api_level, "network_type": "mobile-lte"}
        require(wanted.items() <= told.items(), f"told {told}, wanted {wanted}")
        lengths = {key: told[key]["length"] for key in ("device_id", "network_name")}
        require(lengths == {"device_id": len(phone.PUSH.device_id), "network_name": len(phone.PUSH.known()[1])},
                f"redacted values of other lengths: {told}")
        require(alert["sluice"]["rule"]["recipient"] == ["Xiaomi"], f"recipient {alert['sluice']['rule']}")
    require_absent(events, phone.PUSH.known())


def requests_that_only_look_alike_are_not_found_by_content(bench):
    with bench.alerts() as alerts:
        for url in INNOCENT:
            speak(bench, url, vendors.DALVIK, (), b"")
    require(not by_content(alerts), f"found by content: {sorted(by_content(alerts))}")


TESTS = [
    every_exchange_in_clear_text_is_found_by_what_it_says,
    a_push_connection_is_decoded_and_its_identifiers_are_not_stored,
    requests_that_only_look_alike_are_not_found_by_content,
]
