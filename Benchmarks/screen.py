"""A program on a pseudo-terminal of its own: when its bytes come, and what they say."""
import fcntl
import os
import pty
import selectors
import signal
import struct
import termios
import time

from closing import Closing

COLUMNS, LINES = 120, 40
# What programs ask a terminal at their start; one that never answers makes them wait.
ANSWERS = {b'\x1b[c': b'\x1b[?62;22c', b'\x1b[6n': b'\x1b[1;1R'}


class Ended(Exception):
    """A program left by itself while it was measured."""


class Screen(Closing):
    """Times are those of time.time(), so that they compare with the database server's clock on this machine."""

    def __init__(self, command, environment, keep=False):
        """keep: whether everything that was written stays in `log`, as pairs of time and bytes."""
        self.log = []
        self.last_words = b''
        self.bytes = 0
        self.first_byte = None
        self.last_byte = None
        self._keep = keep
        self._watched = []
        self._tail = b''
        reader, writer = os.pipe()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                # The size comes before exec, or the program sees a resize.
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', LINES, COLUMNS, 0, 0))
                os.write(writer, struct.pack('d', time.time()))
                os.execvpe(command[0], command, environment)
            finally:
                os._exit(127)
        os.close(writer)
        with os.fdopen(reader, 'rb') as pipe:
            self.started = struct.unpack('d', pipe.read(8))[0]

    def read(self):
        """Takes what has arrived; False when the program has left."""
        try:
            data = os.read(self.fd, 1 << 20)
        except OSError:
            data = b''
        if not data:
            return False
        now = time.time()
        self.first_byte = self.first_byte or now
        self.last_byte = now
        self.bytes += len(data)
        self.last_words = (self.last_words + data)[-2000:]
        if self._keep:
            self.log.append((now, data))
        for question, answer in ANSWERS.items():
            if question in data:
                os.write(self.fd, answer)
        if self._watched:
            self._look(data, now)
        return True

    def watch(self, text, found):
        """Calls `found(time)` once, when `text` arrives in one piece from now on."""
        self._watched.append((text.encode(), found))
        self._tail = b''

    def _look(self, data, now):
        self._tail += data
        for watched in [each for each in self._watched if each[0] in self._tail]:
            self._watched.remove(watched)
            watched[1](now)
        self._tail = self._tail[-max((len(text) for text, _ in self._watched), default=1):]

    def must_live(self, name):
        """Throws when the program has left by itself: its numbers would be those of a dead one."""
        if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            words = self.last_words.decode(errors='replace')
            raise Ended(f'{name} ended in the middle of a measurement; its last words: {words!r}')

    def close(self):
        """Ends the program and waits for it; harmless when it has left."""
        if self.fd is None:
            return
        for number, patience in ((signal.SIGTERM, 3), (signal.SIGKILL, 3)):
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                pass
            if self._ended_within(patience):
                break
        os.close(self.fd)
        self.fd = None

    def _ended_within(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return True
            # A program that restores its terminal waits until somebody has read what it wrote.
            pump([self], 0.02)
        return False


def pump(screens, seconds, until=None):
    """Reads from all screens for so long, or until a condition holds; whether it held."""
    deadline = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for screen in screens:
            selector.register(screen.fd, selectors.EVENT_READ, screen)
        while not (until and until()):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            if not selector.get_map():
                time.sleep(min(left, 0.02))
                continue
            for key, _ in selector.select(left):
                if not key.data.read():
                    selector.unregister(key.fd)
    return True
