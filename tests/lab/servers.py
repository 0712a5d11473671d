"""The internet of the lab: DNS and DHCP (dnsmasq), HTTP and HTTPS (nginx), HTTP/3 (caddy), a sink for private TCP."""

import base64
import hashlib
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import vendors
import xiaomi_push

WEB4, WEB6 = "198.18.0.1", "2001:db8::1"  # every name that is not given another address
QUIC4, QUIC6 = "198.18.0.3", "2001:db8::3"  # caddy: HTTP/3 on UDP 443
BOTH4 = "198.18.0.4"  # caddy: HTTP/2 and HTTP/3, of which it tells by Alt-Svc (RFC 7838)
LEASES = ("192.168.77.100", "192.168.77.199")
START_LIMIT_S = 10.0
# An HTTPS record (RFC 9460 section 2.2): alpn=h2, keys of ECH (no real ones), and a hint behind them.
KEYS_NAME = "keys.example.org"
KEYS_RECORD = "0001 00 0001 0003 026832 0005 0008 0006 fe0d 0002 6b6b 0006 0010 20010db8000000000000000000000001"
STANDING_NAME = "www.example.org"  # has a certificate in every lab, and is what an unknown name gets

NGINX = """
daemon off; worker_processes 1; user root; pid {directory}/nginx.pid;
events {{ worker_connections 512; }}
http {{
  log_format names '$remote_addr $scheme $host $request_method $uri $status';
  access_log {directory}/nginx.access names;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  client_max_body_size 0; sendfile on; server_tokens off; default_type application/octet-stream;
  map_hash_bucket_size 128; map_hash_max_size 8192;
  map $ssl_server_name $leaf {{ hostnames; default {standing}; {names} }}
  server {{
    listen 80 reuseport; listen [::]:80 reuseport ipv6only=on; listen 8080;
    listen 443 ssl http2 reuseport; listen [::]:443 ssl http2 reuseport ipv6only=on;
    listen 6447 ssl;
    ssl_certificate {directory}/$leaf.pem; ssl_certificate_key {directory}/leaf.key;
    root {directory}/www;
    location / {{ return 200 "the lab answers\\n"; }}
    location /page {{ default_type text/html; return 200 "<p>the lab answers</p>"; }}
    location /sites/ {{ default_type text/html; }}
    location /generate_204 {{ return 204; }}
    location /files/ {{ dav_methods PUT; }}
{vendors}
  }}
}}
"""


class Servers:
    def __init__(self, lab, names, addresses, leases):
        """names: get a certificate; addresses: {name: (IPv4, IPv6)} where not WEB4, WEB6; leases: {MAC: IPv4}."""
        self.lab = lab
        self.files = lab.directory / "www" / "files"
        self.files.mkdir(parents=True)
        self.authority = lab.directory / "authority.pem"
        self._names = sorted({STANDING_NAME, *names})
        self._make_certificates()
        self._dnsmasq(addresses, leases)
        self._caddy()
        self._nginx()
        self._in_background(xiaomi_push.serve, self._listen(xiaomi_push.PORT))
        self._in_background(serve_silence, self._listen(vendors.GETUI_PORT))
        self._wait()

    # --- certificates

    def _openssl(self, *arguments):
        self.lab.check("outside", ["openssl", *arguments])

    def _make_certificates(self):
        directory = self.lab.directory
        curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        for key in ("authority.key", "leaf.key"):
            self._openssl("genpkey", *curve, "-out", directory / key)
        self._openssl("req", "-x509", "-new", "-key", directory / "authority.key", "-days", "7", "-out", self.authority,
                      "-subj", "/CN=Sluice lab authority", "-addext", "basicConstraints=critical,CA:true")
        # RFC 7469 section 2.4: what a client pins of a key; all leaves have the same one.
        self._openssl("pkey", "-in", directory / "leaf.key", "-pubout", "-outform", "der", "-out",
                      directory / "leaf.der")
        digest = hashlib.sha256((directory / "leaf.der").read_bytes()).digest()
        self.key_digest = base64.b64encode(digest).decode()
        with ThreadPoolExecutor(max_workers=4) as pool:
            list(pool.map(self._make_leaf, self._names))

    def _make_leaf(self, name):
        directory = self.lab.directory
        # One certificate a name, as in the world: the server's flight then has its real size.
        self._openssl("req", "-x509", "-new", "-key", directory / "leaf.key", "-CA", self.authority, "-CAkey",
                      directory / "authority.key", "-days", "7", "-subj", f"/CN={name}", "-addext",
                      f"subjectAltName=DNS:{name}", "-out", directory / f"{name}.pem")

    # --- the programs

    def _start(self, name, arguments):
        with open(self.lab.directory / f"{name}.log", "wb") as log:
            return self.lab.start("outside", arguments, stdout=log)

    def log(self, name):
        return (self.lab.directory / f"{name}.log").read_text(errors="replace")

    def _dnsmasq(self, addresses, leases):
        hosts = [f"--address=/{name}/{address}" for name, pair in addresses.items() for address in pair]
        self._dnsmasq_process = self._start("dnsmasq", [
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root",
            "--pid-file=", "--log-facility=-", "--log-queries", "--log-dhcp", "--cache-size=0", *hosts,
            f"--address=/#/{WEB4}", f"--address=/#/{WEB6}", f"--dns-rr={KEYS_NAME},65,{KEYS_RECORD.replace(' ', '')}",
            # Without --no-ping dnsmasq tries an address for seconds before it offers it.
            "--interface=outside0", f"--dhcp-range={LEASES[0]},{LEASES[1]},1h", "--dhcp-authoritative", "--no-ping",
            f"--dhcp-leasefile={self.lab.directory}/leases",
            *(f"--dhcp-host={mac},{address}" for mac, address in leases.items())])

    def _nginx(self):
        directory = self.lab.directory
        names = " ".join(f"{name} {name};" for name in self._names)
        (directory / "nginx.conf").write_text(
            NGINX.format(directory=directory, names=names, standing=STANDING_NAME,
                         vendors=vendors.nginx_locations()))
        self._nginx_process = self._start(
            "nginx", ["nginx", "-e", "stderr", "-p", directory, "-c", directory / "nginx.conf"])

    def _caddy(self):
        directory = self.lab.directory
        server = {
            # It listens on TCP as well, so it has addresses of its own beside nginx's "all".
            "listen": [f"{QUIC4}:443", f"[{QUIC6}]:443"],
            "protocols": ["h3"],
            "automatic_https": {"disable": True},
            "tls_connection_policies": [{}],
            "routes": [{"match": [{"path": ["/sites/*"]}],
                        "handle": [{"handler": "file_server", "root": f"{directory}/www"}]},
                       {"handle": [{"handler": "static_response", "body": "the lab answers\n"}]}],
        }
        # The title says that a page has come (chromium.py).
        both = {
            "listen": [f"{BOTH4}:443"],
            "protocols": ["h1", "h2", "h3"],
            "automatic_https": {"disable": True},
            "tls_connection_policies": [{}],
            "routes": [{"handle": [{"handler": "static_response", "body": "<title>all here</title>",
                                    "headers": {"Content-Type": ["text/html"]}}]}],
        }
        leaves = [{"certificate": f"{directory}/{name}.pem", "key": f"{directory}/leaf.key"} for name in self._names]
        config = {"admin": {"disabled": True, "config": {"persist": False}},
                  "apps": {"http": {"servers": {"quic": server, "both": both}}, "tls": {"certificates": {"load_files": leaves}}}}
        (directory / "caddy.json").write_text(json.dumps(config))
        self._caddy_process = self._start("caddy", ["caddy", "run", "--config", directory / "caddy.json"])

    def _listen(self, port):
        listener = self.lab.socket("outside", socket.AF_INET, socket.SOCK_STREAM)
        listener.bind(("0.0.0.0", port))
        listener.listen()
        return listener

    @staticmethod
    def _in_background(serve, listener):
        threading.Thread(target=serve, args=(listener,), daemon=True).start()

    # --- readiness

    def _wait(self):
        signs = {"dnsmasq": ("started,", self._dnsmasq_process), "caddy": ("serving initial", self._caddy_process)}
        deadline = time.monotonic() + START_LIMIT_S
        while True:
            waiting = [name for name, (sign, process) in signs.items() if sign not in self.log(name)]
            if not waiting and self._nginx_accepts():
                return
            ended = [name for name, process in (*((name, process) for name, (_, process) in signs.items()),
                                                ("nginx", self._nginx_process)) if process.poll() is not None]
            if ended or time.monotonic() > deadline:
                blame = ended or waiting or ["nginx"]
                raise RuntimeError(f"{blame[0]} did not start:\n{self.log(blame[0])}")
            time.sleep(0.02)

    def _nginx_accepts(self):
        with self.lab.socket("outside", socket.AF_INET, socket.SOCK_STREAM) as probe:
            return probe.connect_ex((WEB4, 443)) == 0

    # --- what they saw

    def queries(self, name):
        """How many queries for exactly this name have reached the DNS server."""
        return self.log("dnsmasq").count(f"] {name} from ")

    def requests(self):
        """Lines `client scheme host method path status` of what the web server answered, in their order."""
        return (self.lab.directory / "nginx.access").read_text().splitlines()


def serve_silence(listener):
    """Accepts connections of a protocol that no server here speaks, reads them to their end and says nothing."""
    def read(connection):
        with connection:
            connection.settimeout(60.0)
            try:
                while connection.recv(65536):
                    pass
            except OSError:
                return

    while True:
        connection, _ = listener.accept()
        threading.Thread(target=read, args=(connection,), daemon=True).start()
