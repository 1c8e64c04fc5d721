"""Stands between a program and Postgres, and counts: statements, bytes both ways, time until the answer is whole.

Reads just enough of the protocol (PostgreSQL documentation, "Frontend/Backend Protocol") to know where a statement
begins and where its answer ends. Understands no encryption; the private server offers none.
"""
import selectors
import socket
import struct
import threading
import time
from dataclasses import dataclass

from closing import Closing

PARSE, QUERY, SYNC, READY = b'P', b'Q', b'S', b'Z'


@dataclass
class Exchange:
    statement: bytes
    sent: int
    received: int
    milliseconds: float


@dataclass
class Totals:
    sent: int = 0
    received: int = 0


class Frames:
    """Cuts one direction of a connection into messages: (type, body)."""

    def __init__(self, starts_typed):
        self.rest = b''
        self.is_typed = starts_typed

    def feed(self, data):
        self.rest += data
        while True:
            head = 5 if self.is_typed else 4
            if len(self.rest) < head:
                return
            length = struct.unpack('!I', self.rest[head - 4:head])[0] + head - 4
            if len(self.rest) < length:
                return
            kind, body = self.rest[:1] if self.is_typed else b'', self.rest[head:length]
            self.rest = self.rest[length:]
            yield kind, body, length


class Line:
    """One connection."""

    def __init__(self, client, server):
        self.client, self.server = client, server
        self.to_server, self.to_client = Frames(starts_typed=False), Frames(starts_typed=True)
        self.statement, self.sent, self.received, self.since = b'', 0, 0, None
        self.refusals = 0  # single bytes, outside all messages, that refuse encryption


class Proxy(Closing):
    def __init__(self, target):
        self.target = target
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.forget()
        self.selector = selectors.DefaultSelector()
        self.waker, wakened = socket.socketpair()
        self.selector.register(self.listener, selectors.EVENT_READ, None)
        self.selector.register(wakened, selectors.EVENT_READ, 'stop')
        self.wakened = wakened
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def forget(self):
        """Starts counting anew."""
        with self.lock:
            self._exchanges, self._totals = [], Totals()

    def exchanges(self):
        with self.lock:
            return list(self._exchanges)

    def totals(self):
        with self.lock:
            return self._totals

    def _serve(self):
        while True:
            for key, _ in self.selector.select():
                if key.data == 'stop':
                    return
                if key.data is None:
                    self._accept()
                else:
                    self._forward(key.fileobj, *key.data)

    def _accept(self):
        client, _ = self.listener.accept()
        server = socket.create_connection(('127.0.0.1', self.target))
        line = Line(client, server)
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.selector.register(end, selectors.EVENT_READ, (line, end is client))

    def _forward(self, source, line, is_client):
        try:
            data = source.recv(1 << 18)
            (line.server if is_client else line.client).sendall(data)
        except OSError:
            data = b''
        if not data:
            for end in (line.client, line.server):
                if end.fileno() >= 0 and end in self.selector.get_map():
                    self.selector.unregister(end)
                end.close()
            return
        now = time.perf_counter()
        with self.lock:
            if is_client:
                self._totals.sent += len(data)
                self._from_client(line, data, now)
            else:
                self._totals.received += len(data)
                self._from_server(line, data, now)

    def _from_client(self, line, data, now):
        frames = line.to_server
        for kind, body, length in frames.feed(data):
            if not frames.is_typed:
                # Encryption is asked for and refused; the message after it is the start-up, and all later ones
                # have a type.
                if len(body) == 4 and struct.unpack('!I', body)[0] in (80877103, 80877104):
                    line.refusals += 1
                else:
                    frames.is_typed = True
                    if frames.rest:
                        continue
                continue
            line.sent += length
            if kind in (PARSE, QUERY):
                line.statement = body
            if kind in (SYNC, QUERY):
                line.since = now

    def _from_server(self, line, data, now):
        while line.refusals and data:
            line.refusals, data = line.refusals - 1, data[1:]
        for kind, _, length in line.to_client.feed(data):
            line.received += length
            if kind != READY:
                continue
            if line.since is not None:
                self._exchanges.append(
                    Exchange(line.statement, line.sent, line.received, (now - line.since) * 1000))
            line.sent, line.received, line.since = 0, 0, None

    def close(self):
        self.waker.send(b'.')
        self.thread.join(5)
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        self.selector.close()
        self.waker.close()
