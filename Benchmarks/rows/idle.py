"""Nothing happens."""
from report import Section, Verdict
from rows.running import COLUMNS, WINDOW, WINDOWS, observe
from samples import median, number


def measure(bench):
    section = Section(
        'Idle',
        f'10,000 bundles, all at rest for hours; one pod beats every 2 s. {WINDOWS} windows of {WINDOW} s after the'
        f' start; bundletop\nalone, then the peers side by side. Memory at the end.',
        COLUMNS)
    bench.fill(10_000)
    cast = bench.cast
    # By itself first, so that no peer's load is in its numbers.
    found = observe([cast.bundletop], bench.environment)
    found |= observe([cast.pg_activity, cast.psql, cast.top], bench.environment)
    section.rows = [[name, *running.cells()] for name, running in found.items()]
    # One byte in any window is one too many.
    cpu, written = median(found['bundletop'].cpu), max(found['bundletop'].bytes)
    section.verdicts = [
        Verdict('idle, bytes to the terminal', '0 B/s', f'{number(written)} B/s', written == 0),
        Verdict('idle, CPU', '≤ 0.02 s/min', f'{number(cpu)} s/min', cpu <= 0.02)]
    return section
