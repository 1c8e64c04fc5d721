"""Two hundred changes a second among ten thousand bundles."""
import time

from database import Writers
from report import Section, Verdict
from rows.running import COLUMNS, WINDOW, WINDOWS, observe
from samples import median, number

RATE = 200
# Every 25 ms is the most that one pod's doorbell rings.
RINGS = 40


def measure(bench):
    section = Section(
        '10,000 bundles, 200 changes a second',
        f'pgbench starts and ends packaging of random bundles through the real tables and triggers. With *rings* a'
        f' doorbell rings\n{RINGS} times a second beside it, the most that a pod does; without, as when AppHub'
        f' writes, bundletop polls every'
        f' second.\n{WINDOWS} windows of {WINDOW} s; bundletop alone, then the peers side by'
        f' side. Memory at the end.',
        [*COLUMNS, 'changes/s'])
    cast = bench.cast
    both = {'change.sql': RATE, 'ring.sql': RINGS}
    bench.fill(10_000)
    found = under(bench, both, [cast.bundletop], ', rings') | under(bench, {'change.sql': RATE}, [cast.bundletop],
                                                                    ', polling')
    found |= under(bench, both, [cast.pg_activity, cast.psql, cast.top])
    section.rows = [[name, *running.cells(), number(made)] for name, (running, made) in found.items()]
    for name in ('bundletop, rings', 'bundletop, polling'):
        cpu, memory = median(found[name][0].cpu), found[name][0].memory
        kind = name.removeprefix('bundletop, ')
        section.verdicts += [
            Verdict(f'200 changes/s, CPU, {kind}', '≤ 0.25 s/min', f'{number(cpu)} s/min', cpu <= 0.25),
            Verdict(f'200 changes/s, private memory, {kind}', '≤ 12 MB', f'{memory["private"]:.1f} MB',
                    memory['private'] <= 12),
            Verdict(f'200 changes/s, RSS, {kind}', '≤ 24 MB', f'{memory["rss"]:.1f} MB', memory['rss'] <= 24)]
    return section


def under(bench, scripts, programs, suffix=''):
    """Runs programs while the writers write; name to what it cost and the changes that were made each second."""
    events = 'select count(*) from example_bundle_events'
    with Writers(bench.database, scripts):
        before, start = int(bench.database.ask(events)), time.monotonic()
        found = observe(programs, bench.environment)
        made = (int(bench.database.ask(events)) - before) / (time.monotonic() - start)
    if made < 0.75 * RATE:
        raise SystemExit(f'bench: the writers made only {made:.0f} of {RATE} changes a second')
    return {name + suffix: (running, made) for name, running in found.items()}
