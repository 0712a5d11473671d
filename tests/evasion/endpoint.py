"""The endpoint whose reading is the truth: programs on Linux' own TCP, UDP and IP, which write down what they read.

    endpoint.py LOG CERTIFICATE KEY

One JSON line a reading: the client's port, the server's, and the text. Ports: 443 and 4443 hand the bytes to OpenSSL,
which names the server that was asked for; 8000 writes down the bytes (TCP Fast Open, urgent bytes taken out as Linux does
by default); 8001 the same with urgent bytes left in the stream. HTTP (80) is nginx, DNS (53) is dnsmasq.
"""
import json
import socket
import ssl
import sys
import threading

LOCK = threading.Lock()
FAST_OPEN_QUEUE = 64
BACKLOG = 512


def write(log, client, server, text):
    with LOCK:
        log.write(json.dumps({'client': client, 'server': server, 'text': text}) + '\n')
        log.flush()


def read_bytes(log, connection, client, server):
    read = b''
    while data := connection.recv(65536):
        read += data
        write(log, client, server, read.decode('latin1'))


def read_hello(log, connection, client, server, files):
    """OpenSSL's own reading, byte by byte as they come."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    context.sni_callback = lambda _, name, __: write(log, client, server, name or '')
    taken, given = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context.wrap_bio(taken, given, server_side=True)
    while data := connection.recv(65536):
        taken.write(data)
        try:
            session.do_handshake()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            connection.sendall(given.read())
            return
        connection.sendall(given.read())


def serve(log, family, port, files):
    listener = socket.create_server(('::' if family == socket.AF_INET6 else '0.0.0.0', port), family=family,
                                    backlog=BACKLOG)
    if port == 8000:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, FAST_OPEN_QUEUE)

    def talk(connection, client):
        with connection:
            try:
                if port == 8001:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
                if port in (443, 4443):
                    read_hello(log, connection, client, port, files)
                else:
                    read_bytes(log, connection, client, port)
            except OSError:
                pass

    while True:
        connection, address = listener.accept()
        threading.Thread(target=talk, args=(connection, address[1]), daemon=True).start()


def main():
    path, *files = sys.argv[1:]
    with open(path, 'a', encoding='utf8') as log:
        threads = [threading.Thread(target=serve, args=(log, family, port, files), daemon=True)
                   for family in (socket.AF_INET, socket.AF_INET6) for port in (443, 4443, 8000, 8001)]
        for thread in threads:
            thread.start()
        print('ready', flush=True)
        for thread in threads:
            thread.join()


if __name__ == '__main__':
    main()
