"""A shop that counts its visitors. Usage: shop.py migrate|api|worker"""
import http.server
import json
import socket
import sys
import threading
import time
import urllib.request


def redis(command):
    """The reply of redis to one command."""
    with socket.create_connection(('127.0.0.1', 6379)) as connection, connection.makefile('rb') as replies:
        connection.sendall(f'{command}\r\n'.encode())
        return reply(replies)


def reply(replies):
    line = replies.readline()
    if not line:
        raise ConnectionError('redis has closed the connection')
    kind, text = line[:1], line[1:].decode().strip()
    if kind == b'-':
        raise RuntimeError(text)
    if text == '-1':
        return None
    if kind == b'$':
        return replies.read(int(text) + 2)[:-2].decode()
    if kind == b'*':
        return [reply(replies) for _ in range(int(text))]
    return text


def migrate():
    redis('SET schema 2')
    print('the schema is now 2')


class Api(http.server.BaseHTTPRequestHandler):
    caches_are_warm = threading.Event()

    def do_GET(self):
        try:
            status, answer = self.health() if self.path == '/health' else self.visit()
        except (OSError, RuntimeError) as error:
            status, answer = 503, {'error': str(error)}
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def health(self):
        redis('PING')
        warm = self.caches_are_warm.is_set()
        return 200 if warm else 503, {'warm': warm}

    def visit(self):
        redis('LPUSH jobs visit')
        return 200, {'visits': int(redis('INCR visits')), 'counted': int(redis('GET counted') or 0)}


def api():
    if redis('GET schema') != '2':
        sys.exit('the schema is not 2: run shop.py migrate first')
    time.sleep(1)  # As a large framework does before it opens its port.
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 8081), Api)
    threading.Timer(1, Api.caches_are_warm.set).start()
    server.serve_forever()


def worker():
    urllib.request.urlopen('http://127.0.0.1:8081/health')  # An error unless the API is healthy.
    while True:
        redis('BRPOP jobs 0')
        redis('INCR counted')


{'migrate': migrate, 'api': api, 'worker': worker}[sys.argv[1]]()
