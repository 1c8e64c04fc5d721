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
    """Milliseconds from exec to the first byte, to the first picture and to the known text."""
    with program.start(environment) as screen:
        seen = {}
        for text in (program.skeleton, program.known):
            if text:
                screen.watch(text, lambda moment, text=text: seen.setdefault(text, moment))
        if not pump([screen], PATIENCE, lambda: program.known in seen):
            raise SystemExit(f'bench: {program.name} did not show {program.known} within {PATIENCE} s')
        moments = (screen.first_byte, seen.get(program.skeleton, seen[program.known]), seen[program.known])
        return [(moment - screen.started) * 1000 for moment in moments]


def measure(bench):
    section = Section(
        'First frame',
        f'Milliseconds from exec to the first byte on the terminal, to the first picture (the column headings) and'
        f' to the first\nscreen that shows data; {REPEATS} starts each, in turn. pg_activity shows sessions and not'
        f' bundles: its data is a session\nthat was there before.',
        ['program', 'first byte ms', 'skeleton ms', 'data ms'])
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
            for name, starts in found.items():
                title = name if name == bench.cast.pg_activity.name else f'{name}, {bundles:,} bundles'
                section.rows.append([title, *(spread(values) for values in zip(*starts))])
            _, skeleton, data = (median(values) for values in zip(*found['bundletop']))
            section.verdicts += [
                Verdict(f'skeleton, {bundles:,} bundles', '≤ 15 ms', f'{number(skeleton)} ms', skeleton <= 15),
                Verdict(f'data frame, {bundles:,} bundles', '≤ 50 ms', f'{number(data)} ms', data <= 50)]
    finally:
        waiting.send_signal(signal.SIGINT)  # psql cancels what it waits for; terminated it would leave it running
        waiting.wait()
    return section
