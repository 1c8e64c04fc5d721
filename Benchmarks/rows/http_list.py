"""The list of statuses over HTTP, beside the same route of another web server."""
import json
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

import cost
import machine
from closing import Closing, end
from errand import run
from report import Section, Verdict
from rows.idle_pod import pod
from samples import median, number, spread

PATH = '/examples/bundles/status'
REPEATS = 3
SECONDS = 5
# One for the time of an answer, several for how many answers there are.
CONNECTIONS = (1, 8)
SIZES = (12, 10_000)
OURS, TWIN = 'bundlepod', 'FastAPI, asyncpg'
UNITS = {'us': 0.001, 'ms': 1, 's': 1000}


@dataclass
class Server:
    url: str
    pid: int


def measure(bench):
    section = Section(
        'Status list over HTTP',
        f'wrk asks for all statuses, {REPEATS} runs of {SECONDS} s each, in turn; the servers, wrk and Postgres share'
        f' the machine.\nThe twin is FastAPI with uvicorn (uvloop, httptools) and orjson: one process, the same'
        f' statement, the same answer\n(compared before), a token checked in the same way. Memory at the end.'
        f' Load average before: {machine.load()}.',
        ['bundles', 'server', 'connections', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms a request', 'RSS MB'])
    ours = Server(bench.environment['BUNDLETOP_POD_URLS'].split()[0] + PATH, pod(bench.database.process.pid))
    with Twin(bench) as twin:
        servers = {OURS: ours, TWIN: twin.server}
        for bundles in SIZES:
            bench.fill(bundles)
            if json.loads(fetch(ours.url, bench)) != json.loads(fetch(twin.server.url, bench)):
                raise SystemExit('bench: the web servers answer differently')
            for connections in CONNECTIONS:
                found = {name: [] for name in servers}
                for _ in range(REPEATS):
                    for name, server in servers.items():
                        found[name].append(ask(server, connections, bench))
                for name, server in servers.items():
                    rates, middle, late, cpu = zip(*found[name])
                    section.rows.append([
                        f'{bundles:,}', name, connections, spread(rates), spread(middle), spread(late), spread(cpu),
                        f'{cost.memory_mb(server.pid)["rss"]:.1f}'])
                    if name == OURS and connections == 1 and bundles == max(SIZES):
                        value = median(middle)
                        section.verdicts.append(Verdict(
                            f'status list of {bundles:,} over HTTP, p50', '≤ 50 ms', f'{number(value)} ms',
                            value <= 50))
    return section


def ask(server, connections, bench):
    """Requests a second, median and 99th percentile in ms, the server's CPU time of one request in ms."""
    before = cost.cpu_seconds(server.pid)
    output = run(['wrk', '--threads', 1, '--connections', connections, '--duration', f'{SECONDS}s', '--timeout', '30s',
                  '--latency', '--script', bench.here / 'authorized.lua', server.url], bench.environment).output
    cpu = cost.cpu_seconds(server.pid) - before
    if 'Non-2xx' in output or 'Socket errors' in output:
        raise SystemExit(f'bench: a web server failed: {output}')
    count = int(re.search(r'(\d+) requests in', output).group(1))
    if not count:
        raise SystemExit(f'bench: a web server answered nothing within {SECONDS} s')
    rate = float(re.search(r'Requests/sec:\s+([\d.]+)', output).group(1))
    return rate, percentile(output, 50), percentile(output, 99), cpu / count * 1000


def percentile(output, percent):
    value, unit = re.search(rf'\s{percent}%\s+([\d.]+)(us|ms|s)\b', output).groups()
    return float(value) * UNITS[unit]


def fetch(url, bench):
    request = urllib.request.Request(url, headers={'Authorization': f'Bearer {bench.environment["BUNDLETOP_TOKEN"]}'})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


class Twin(Closing):
    """The other web server."""

    def __init__(self, bench):
        with socket.create_server(('127.0.0.1', 0)) as free:
            port = free.getsockname()[1]
        statement = bench.here.parent / 'Sources/BundleStore/SQL/served_statuses.sql'
        self.process = subprocess.Popen(
            [bench.tools / 'web/bin/python', '-B', bench.here / 'web_twin.py', str(port), statement],
            env=bench.environment, stdin=subprocess.DEVNULL)
        self.server = Server(f'http://127.0.0.1:{port}{PATH}', self.process.pid)
        try:
            self.wait(bench)
        except BaseException:
            self.close()
            raise

    def wait(self, bench):
        deadline = time.monotonic() + 30
        while True:
            try:
                return fetch(self.server.url, bench)
            except (urllib.error.URLError, OSError):
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise SystemExit('bench: FastAPI did not start') from None
                time.sleep(0.1)

    def close(self):
        end(self.process, 10)
