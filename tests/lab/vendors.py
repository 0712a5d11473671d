"""What apps and makers' services say in clear text, as their own clients say it, and what their servers answer.

Each exchange is built from a published description of the protocol (hosts, paths, header and parameter names are
facts); every identifier, version stamp and content in it is made up. `known` names what a reader of the capture would
not want to see stored: none of it may stand in an event.
"""

import base64
import gzip
import json
import struct
import zlib
from dataclasses import dataclass
from urllib.parse import urlencode

from xiaomi_push import opaque

BSSID = "02:6d:69:5e:10:7a"
ANDROID_ID = "d41f3c0a97b2e865"
DEVICE_ID = "9b1c7d2e4f6a08537d1e9c4b2a6f5803"  # of the maker's own analytics
SESSION_ID = "q7Rk2mZs90Xw"
ADVERTISING_ID = "3f0b9a52-7c14-4e8d-a1c6-58d2e0f71b34"
CLIENT_ID = "a8c41f6de2305b97fa1c60d28e4973bb"  # of a push service
SUBSCRIBER = "001010123456789"  # IMSI of the test network 001/01, ITU-T E.212
TYPED = "meet me at the old station"
KEYBOARD_USER = "uid-7f31c2"
# What a browser's events say.
BROWSER_ID = "7e0d5c1b-88a4-4f3a-9d52-6b1f0e9a3c77"
TELEPHONE = "+41790000123"
EQUIPMENT = "490154203237518"  # IMEI, as 3GPP TS 23.003 annex B has one
NETWORK = "Sluice Lab 5G"
PLACE = ("46.94809", "7.44744")
VISITED = "https://clinic.example/appointment?patient=4711"
SEARCHED = "rash on left arm"
INSTALLED = ("com.example.diary", "org.example.prayer")

DALVIK = "Dalvik/2.1.0 (Linux; U; Android 11; Redmi Note 9S Build/RKQ1.000000.001)"
RESOLVED = "198.18.0.1"
TERMS = ("example phone", "sample brand", "demo browser")


@dataclass(frozen=True)
class Exchange:
    """One request in clear text; whom it tells what kind of thing is as the description of the protocol has it."""

    recipient: str
    classes: tuple  # of findings: rules/README.md
    url: str
    headers: tuple = ()
    body: bytes = b""
    known: tuple = ()
    agent: str = DALVIK


def form(**fields):
    return urlencode(fields).encode()


IDENTIFIER = "clear-text-identifier"
FORM = "Content-Type: application/x-www-form-urlencoded"
BINARY = "Content-Type: application/octet-stream"


def httpdns(server, account, way, name, **more):
    query = {"host": name, "sdk": "android_1.3.3", **more}
    classes = ("dns-bypass", IDENTIFIER) if "bssid" in more else ("dns-bypass",)
    return Exchange("Alibaba", classes, f"http://{server}/{account}/{way}?{urlencode(query)}",
                    known=tuple(value for key, value in more.items() if key in ("sid", "bssid")))


def signed_httpdns(name):
    """As Xiaomi's system apps ask it: signed, with the access point's address."""
    stamp = "1767225600"
    return httpdns("203.107.1.65", "100321", "sign_d", name, t=stamp, s=opaque("sign_d " + stamp, 16).hex(),
                   sid=SESSION_ID, net="wifi", bssid=BSSID)


def tencent_httpdns(name):
    return Exchange("Tencent", ("dns-bypass",), "http://119.29.29.29/d?" + urlencode({"dn": name, "ttl": 1}))


def gslb():
    query = {"ver": "4.0", "type": "wifi", "uuid": "0", "list": "app.chat.global.xiaomi.net", "countrycode": "CH"}
    return Exchange("Xiaomi", ("telemetry",), "http://resolver.msg.global.xiaomi.net/gslb/?" + urlencode(query))


def iot_gslb():
    query = {"tver": 2, "id": "400123456", "dm": "ots.io.mi.com", "timestamp": 1767225600,
             "sign": base64.b64encode(opaque("iot", 32)).decode()}
    return Exchange("Xiaomi", ("dns-bypass",), "http://110.43.0.83/gslb?" + urlencode(query), known=("400123456",),
                    agent="miio-client")


def mistat():
    body = form(channel="global", device_id=DEVICE_ID, id_type=2, interval=86400000, policy=4, version="3.2.4",
                mistatv=3, size=512, stat_value=base64.b64encode(opaque("mistat", 512)).decode())
    return Exchange("Xiaomi", ("telemetry", IDENTIFIER), "http://data.mistat.intl.xiaomi.com/mistats/v2", (FORM,), body,
                    (DEVICE_ID,))


def ad_filter():
    info = base64.b64encode(json.dumps({"imei": "", "gaid": ADVERTISING_ID, "la": "de"}).encode()).decode()
    query = {"clientInfo": info, "appKey": "MiAdSdk_i18n", "version": "1"}
    return Exchange("Xiaomi", ("remote-content-list",),
                    "http://globalapi.ad.xiaomi.com/filter/text?" + urlencode(query), known=(info, *TERMS))


def splash_ads():
    body = form(clientInfo=json.dumps({"deviceInfo": {"model": "Redmi Note 9S", "androidId": ANDROID_ID}}), v="2.0",
                upId="1.26.d.1")
    return Exchange("Xiaomi", ("advertising",), "http://api.ad.intl.xiaomi.com/getSplashScreenAds", (FORM,), body,
                    (ANDROID_ID,))


def umeng():
    body = b"\x0c\x00" + zlib.compress(json.dumps({"id_tracking": ANDROID_ID, "package": "com.example.game"}).encode())
    headers = ("X-Umeng-Sdk: Android/8.1.6 Game/1.4 Redmi%20Note%209S/11", "X-Umeng-UTC: 1767225600000",
               "Msg-Type: envelope/json", "Content-Type: envelope/json")
    return Exchange("Alibaba", ("telemetry",), "http://alog.umeng.com/app_logs", headers, body + opaque("umeng", 400),
                    (ANDROID_ID,))


def getui():
    told = base64.b64encode(f"2026-01-01|{CLIENT_ID}|com.example.shop,com.example.news|".encode()).decode()
    body = json.dumps({"action": "upload_BI", "BIType": "25", "cid": CLIENT_ID, "BIData": told}).encode()
    return Exchange("Getui", ("telemetry",), "http://sdk.open.phone.igexin.com/api.php?format=json&t=1",
                    ("Content-Type: application/json",), body, (CLIENT_ID, told))


def beacon():
    return Exchange("Tencent", ("telemetry",), "http://oth.eve.mdt.qq.com:8080/analytics/upload", (BINARY,),
                    opaque("beacon", 700))


def bugly():
    aid = ADVERTISING_ID[::-1]
    return Exchange("Tencent", ("telemetry",), f"http://android.bugly.qq.com/rqd/async?aid={aid}",
                    (BINARY, "platformId: 1", "prodId: 0a1b2c3d4e"), gzip.compress(opaque("bugly", 600), mtime=0),
                    (aid,))


def baidu_location():
    body = form(bloc=base64.b64encode(opaque("cells and access points", 240)).decode(), trtm="1767225600000")
    return Exchange("Baidu", ("telemetry",), "http://loc.map.baidu.com/sdk.php", (FORM,), body)


def amap_location():
    headers = (BINARY, "gzipped: 1", "X-INFO: " + base64.b64encode(opaque("amap", 96)).decode())
    return Exchange("Alibaba", ("telemetry",), "http://apilocate.amap.com/mobile/binary", headers,
                    gzip.compress(opaque("access points", 300), mtime=0))


def sensors():
    """Events as the browser's SDK packs them: JSON, gzip, base64, a form."""
    properties = {"$model": "Redmi Note 8", "$manufacturer": "Xiaomi", "$os": "Android", "$os_version": "10",
                  "miui_version": "V12.0.3.0.QJZMIXM", "language": "de_CH", "$wifi": True, "imei": EQUIPMENT,
                  "phone_number": TELEPHONE, "$latitude": float(PLACE[0]), "$longitude": float(PLACE[1]),
                  "wifi_ssid": NETWORK, "bssid": BSSID, "url": VISITED, "search_word": SEARCHED,
                  "app_list": list(INSTALLED), "apps": {INSTALLED[0]: 3}}
    events = [{"distinct_id": BROWSER_ID, "event": "page_load_event_finish", "time": 1767225600000,
               "properties": properties}]
    packed = base64.b64encode(gzip.compress(json.dumps(events).encode(), mtime=0)).decode()
    known = (packed, BROWSER_ID, EQUIPMENT, TELEPHONE, *PLACE, NETWORK, BSSID, VISITED, SEARCHED, *INSTALLED)
    return Exchange("Xiaomi", ("telemetry",), "http://sa.api.intl.miui.com/sa?project=global_browser_mini&r=CH",
                    (FORM,), form(crc=zlib.crc32(packed.encode()), gzip=1, data_list=packed), known)


def iflytek():
    """What is typed leaves as DES blocks under a key that the time in the clear gives away."""
    # protobuf {1: KEYBOARD_USER, 2: TYPED, 3: "com.example.chat"} by
    # openssl enc -des-ecb -K 3834303037313835 -provider legacy -provider default, the key being
    # "%08d" % (1767225600 % 0x5F5E100 ^ 0x1001111) in hex
    blocks = bytes.fromhex("f0ec88f4936b7162a169bf38364634419957bc543fe509b6d28e0880f2072c2b"
                           "db9d4cd4723e28825a05e66f3faf32357a8762d0d2e13030d405be8cc9390721")
    return Exchange("iFlytek", ("keyboard-input",), "http://pinyin.voicecloud.cn/do?c=4036&time=1767225600", (BINARY,),
                    blocks, (TYPED, KEYBOARD_USER))


def sogou():
    body = form(k=base64.b64encode(opaque("wrapped key", 128)).decode(),
                v=base64.b64encode(opaque("typed", 200)).decode())
    return Exchange("Tencent", ("keyboard-input",), "http://get.sogou.com/q", (FORM,), body)


def adups_commands():
    return Exchange("Adups", ("telemetry",), "http://rebootv5.adsunflower.com/ps/fetch.do", (FORM,),
                    form(imsi=SUBSCRIBER, model="EX-100", version="1.0.0"), (SUBSCRIBER,))


EXCHANGES = {
    "httpdns-signed": signed_httpdns("appmarket.micloud.xiaomi.net"),
    "httpdns-d": httpdns("203.107.1.33", "100654", "d", "api.shop.example"),
    "httpdns-resolve": httpdns("203.107.1.1", "100987", "resolve", "api.shop.example"),
    "httpdns-tencent": tencent_httpdns("api.game.example"),
    "xiaomi-gslb": gslb(),
    "xiaomi-iot-gslb": iot_gslb(),
    "mistat": mistat(),
    "ad-filter": ad_filter(),
    "splash-ads": splash_ads(),
    "umeng": umeng(),
    "getui": getui(),
    "beacon": beacon(),
    "bugly": bugly(),
    "baidu-location": baidu_location(),
    "amap-location": amap_location(),
    "sensors": sensors(),
    "iflytek": iflytek(),
    "sogou": sogou(),
    "adups": adups_commands(),
}

GETUI_PORT = 5224  # Getui's long link, a protocol of its own over TCP
GETUI_HELLO = struct.pack("!HH", 0x4711, 64) + opaque("getui long link", 64)


# --- the servers

JSON, TEXT = "application/json", "text/plain"
FILTER_LIST = {"status": 0, "message": "success", "version": 7, "lastmodified": 1767225600000, "cacheTime": 43200000,
               "keywords": TERMS}

# Where nginx answers what: (its location, media type, body). $arg_NAME is a parameter of the request.
REPLIES = (
    (r"~ ^/\d+/(d|sign_d)$", JSON, '{"host":"$arg_host","ips":["%s"],"ttl":60,"origin_ttl":60}' % RESOLVED),
    (r"~ ^/\d+/resolve$", JSON, '{"dns":[{"host":"$arg_host","ips":["%s"],"ttl":60,"type":1}]}' % RESOLVED),
    ("= /d", TEXT, f"{RESOLVED},60"),
    ("= /gslb/", TEXT, base64.b64encode(b"\x0a\x02CH" + opaque("gslb", 60)).decode()),
    ("= /gslb", JSON, '{"info":{"enable":1,"host_list":[{"ip":"%s","port":8053}]}}' % RESOLVED),
    ("= /filter/text", JSON, json.dumps(FILTER_LIST)),
    ("= /mistats/v2", JSON, '{"status":"ok","reason":"success","data":{"delay":"15000"}}'),
    ("= /getSplashScreenAds", JSON, '{"code":0,"adInfos":[]}'),
    ("= /api.php", JSON, '{"result":"ok"}'),
)


def nginx_locations():
    return "\n".join(f"    location {where} {{ default_type {kind}; return 200 '{body}'; }}"
                     for where, kind, body in REPLIES)
