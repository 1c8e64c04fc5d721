"""How long after exec somebody sees something, and how long until it is data."""
import signal
import subprocess

from peers import KNOWN_SESSION
from report import Section, Verdict
from samples import median, number, spread
from screen import pump

REPEATS = 11
PATIENCE = 20


def once(program, environment):
    """Milliseconds from exec to the first byte and to the known text."""
    with program.start(environment) as screen:
        shown = []
        screen.watch(program.known, shown.append)
        if not pump([screen], PATIENCE, lambda: shown):
            raise SystemExit(f'bench: {program.name} did not show {program.known} within {PATIENCE} s')
        return [(moment - screen.started) * 1000 for moment in (screen.first_byte, shown[0])]


def measure(bench):
    section = Section(
        'First frame',
        f'Milliseconds from exec to the first byte on the terminal and to the first screen that shows data,'
        f' {REPEATS} starts each,\nin turn. pg_activity shows sessions and not bundles: its data is a session that'
        f' was there before.',
        ['program', 'first byte ms', 'data ms'])
    bench.fill(12)
    waiting = subprocess.Popen(['psql', '-Xqc', 'select pg_sleep(600)'], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env=bench.environment | {'PGAPPNAME': KNOWN_SESSION})
    try:
        for bundles in (12, 10_000):
            bench.fill(bundles)
            programs = [bench.cast.bundletop, bench.cast.psql] + ([bench.cast.pg_activity] if bundles > 12 else [])
            found = {program.name: [] for program in programs}
            for _ in range(REPEATS):
                for program in programs:
                    found[program.name].append(once(program, bench.environment))
            for name, pairs in found.items():
                title = name if name == bench.cast.pg_activity.name else f'{name}, {bundles:,} bundles'
                section.rows.append([title, *(spread(values) for values in zip(*pairs))])
            skeleton, data = (median(values) for values in zip(*found['bundletop']))
            section.verdicts += [
                Verdict(f'skeleton, {bundles:,} bundles', '≤ 15 ms', f'{number(skeleton)} ms', skeleton <= 15),
                Verdict(f'data frame, {bundles:,} bundles', '≤ 50 ms', f'{number(data)} ms', data <= 50)]
    finally:
        waiting.send_signal(signal.SIGINT)  # psql cancels what it waits for; terminated it would leave it running
        waiting.wait()
    return section
