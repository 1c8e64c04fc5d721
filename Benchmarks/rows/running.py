"""What a program costs while it runs: CPU, bytes to the terminal, wake-ups, memory."""
import sys
import time
from dataclasses import dataclass, field

import cost
from samples import spread
from screen import Ended, pump

WINDOW = 5
WINDOWS = 4
# Until start-up is over, and with it what belongs to the first-frame row.
SETTLE = 4

COLUMNS = ['program', 'CPU s/min', 'bytes/s', 'wake-ups/s', 'RSS MB', 'private MB', 'anonymous MB']


@dataclass
class Running:
    cpu: list = field(default_factory=list)
    bytes: list = field(default_factory=list)
    wakeups: list = field(default_factory=list)
    memory: dict = field(default_factory=dict)

    def cells(self):
        return [spread(self.cpu), spread(self.bytes), spread(self.wakeups),
                *(f'{self.memory[kind]:.1f}' for kind in ('rss', 'private', 'anonymous'))]


def observe(programs, environment):
    """Runs programs side by side and looks at them in windows; name to Running. Once more when one ends."""
    try:
        return watch(programs, environment)
    except Ended as ended:
        print(f'bench: {ended}; once more', file=sys.stderr, flush=True)
    try:
        return watch(programs, environment)
    except Ended as ended:
        raise SystemExit(f'bench: {ended}') from None


def watch(programs, environment):
    screens = {}
    try:
        for program in programs:
            screens[program.name] = program.start(environment)
        pump(screens.values(), SETTLE)
        found = {name: Running() for name in screens}
        before = {name: state(screen) for name, screen in screens.items()}
        for _ in range(WINDOWS):
            pump(screens.values(), WINDOW)
            for name, screen in screens.items():
                screen.must_live(name)
                then, now = before[name], state(screen)
                before[name] = now
                span = now[0] - then[0]
                found[name].cpu.append((now[1] - then[1]) / span * 60)
                found[name].bytes.append((now[2] - then[2]) / span)
                found[name].wakeups.append((now[3] - then[3]) / span)
        for name, screen in screens.items():
            screen.must_live(name)
            found[name].memory = cost.memory_mb(screen.pid)
        return found
    finally:
        for screen in screens.values():
            screen.close()


def state(screen):
    return time.monotonic(), cost.cpu_seconds(screen.pid), screen.bytes, cost.wakeups(screen.pid)
