"""Events over HTTP: how many reach many clients, and how soon one reaches one."""
import random
import selectors
import socket
import time
import urllib.parse

import cost
import machine
from closing import Closing
from database import Session
from peers import KNOWN_BUNDLE
from report import Section, Verdict
from rows.freshness import words
from rows.idle_pod import pod
from samples import number, percentile, spread

CLIENTS = 50
BURST = 2000
REPEATS = 3
COMMITS = 100
PATIENCE = 60
EVENT = b'\nevent: example.bundle.progress\n'


def measure(bench):
    section = Section(
        'Events over HTTP',
        f'Bursts: one transaction changes {BURST:,} bundles and a doorbell rings; events that came to all of'
        f' {CLIENTS} clients together,\na second from the commit until each has all of them, {REPEATS} times.'
        f' Latency: {COMMITS} commits at random moments, each followed\nby a ring from another connection as pods do;'
        f' milliseconds from the commit (by the server\'s clock) to the bytes at one client.'
        f'\nLoad average before: {machine.load()}.',
        ['what', 'events/s', 'CPU µs an event', 'RSS MB', 'p50 ms', 'p90 ms', 'p99 ms'])
    bench.fill(10_000)
    pid = pod(bench.database.process.pid)
    with Session(bench.environment) as writer, Session(bench.environment) as bell:
        with Listeners(bench, CLIENTS) as listeners:
            rates, cpu = zip(*(burst(writer, bell, listeners, pid, word) for word in words(REPEATS, seed=2)))
        section.rows.append([f'{CLIENTS} clients', spread(rates), spread(cpu),
                             f'{cost.memory_mb(pid)["rss"]:.1f}', '', '', ''])
        with Listeners(bench, 1) as listeners:
            late = [latency(writer, bell, listeners, word) for word in words(COMMITS)]
    section.rows.append(['1 client', '', '', '', *(number(percentile(late, p)) for p in (50, 90, 99))])
    section.verdicts = [Verdict('commit to an HTTP client, p50', '≤ 10 ms', f'{number(percentile(late, 50))} ms',
                                percentile(late, 50) <= 10)]
    return section


def burst(writer, bell, listeners, pid, word):
    """Events a second to all clients together, and CPU microseconds of the pod for each."""
    listeners.forget()
    before = cost.cpu_seconds(pid)
    writer.ask(rf"begin \; update example_bundle_status set message = '{word}' where slug <= 'bundle-{BURST:06}'"
               r" \; commit \; select 1;")
    committed = time.monotonic()
    bell.process.stdin.write('notify example_bundles;\n')
    listeners.read(lambda: all(count >= BURST for count in listeners.counts.values()))
    span = time.monotonic() - committed
    count = sum(listeners.counts.values())
    if count != BURST * len(listeners.counts):
        raise SystemExit(f'bench: {count} events came in place of {BURST * len(listeners.counts)}')
    return round(count / span), (cost.cpu_seconds(pid) - before) / count * 1e6


def latency(writer, bell, listeners, word):
    """Milliseconds from the commit to the bytes of its event."""
    listeners.forget()
    moment = float(writer.ask(
        rf"begin \; update example_bundle_status set message = '{word}' where slug = '{KNOWN_BUNDLE}'"
        r" \; commit \; select extract(epoch from clock_timestamp());"))
    bell.process.stdin.write('notify example_bundles;\n')
    listeners.read(lambda: all(listeners.counts.values()))
    seen = time.time()
    time.sleep(random.uniform(0.02, 0.2))
    return (seen - moment) * 1000


class Listeners(Closing):
    """Clients of the event stream; what comes is counted and forgotten."""

    def __init__(self, bench, count):
        place = urllib.parse.urlsplit(bench.environment['BUNDLETOP_POD_URLS'].split()[0])
        head = (f'GET /events HTTP/1.1\r\nHost: {place.netloc}\r\n'
                f'Authorization: Bearer {bench.environment["BUNDLETOP_TOKEN"]}\r\n\r\n').encode()
        self.selector, self.sockets, self.ends = selectors.DefaultSelector(), [], {}
        for _ in range(count):
            connection = socket.create_connection((place.hostname, place.port), timeout=10)
            self.sockets.append(connection)
            connection.sendall(head)
            if not connection.recv(65536).startswith(b'HTTP/1.1 200'):
                raise SystemExit('bench: no event stream')
            connection.setblocking(False)
            self.selector.register(connection, selectors.EVENT_READ)
        self.forget()

    def forget(self):
        """Counts from nothing."""
        self.counts = {connection: 0 for connection in self.sockets}
        self.ends = {connection: b'' for connection in self.sockets}

    def read(self, is_enough):
        deadline = time.monotonic() + PATIENCE
        while not is_enough():
            if time.monotonic() > deadline:
                raise SystemExit(f'bench: events did not come: {sorted(self.counts.values())}')
            for key, _ in self.selector.select(1):
                data = key.fileobj.recv(1 << 20)
                if not data:
                    raise SystemExit('bench: the pod ended an event stream')
                text = self.ends[key.fileobj] + data
                self.counts[key.fileobj] += text.count(EVENT)
                # What may be the beginning of one; no whole one, which would count twice.
                self.ends[key.fileobj] = text[-(len(EVENT) - 1):]

    def close(self):
        self.selector.close()
        for connection in self.sockets:
            connection.close()
