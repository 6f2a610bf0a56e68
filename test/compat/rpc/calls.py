"""Makes the calls that stand as JSON on stdin, with Supervisor's own transport; a line of JSON for each outcome.

Arguments: the server's URL, and optionally a user name and a password.
"""
import json
import sys
import xmlrpc.client

from supervisor.xmlrpc import SupervisorTransport

url, *credentials = sys.argv[1:]
username, password = credentials or (None, None)


def proxy():
    transport = SupervisorTransport(username, password, url)
    return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport, allow_none=True)


server = proxy()
for name, params in json.load(sys.stdin):
    try:
        method = server
        for part in name.split("."):
            method = getattr(method, part)
        outcome = {"value": method(*params)}
    except xmlrpc.client.Fault as fault:
        outcome = {"fault": [fault.faultCode, fault.faultString]}
    except xmlrpc.client.ProtocolError as error:
        outcome = {"status": error.errcode}
        server = proxy()
    except Exception as error:  # what the client could not make sense of
        outcome = {"error": type(error).__name__}
        server = proxy()
    print(json.dumps(outcome), flush=True)
