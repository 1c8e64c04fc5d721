"""What a pod without jobs costs itself and the database."""
import time
from pathlib import Path

import cost
import machine
from report import Section, Verdict
from samples import median, spread

WINDOW = 15
WINDOWS = 4
# Until what the rows before have written is on disk and start-up is over.
SETTLE = 10
# All that is needed in one answer: the count leaves out the question itself, which is one more each time.
TOTALS = ("select sum(xact_commit + xact_rollback) || ' ' || pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"
          " from pg_stat_database where datname = current_database()")


def measure(bench):
    section = Section(
        'Idle pod',
        f'One pod (concurrency 2) with nothing to do and nobody looking; it polls, beats and listens. Queries are'
        f' transactions that the\ndatabase counted, which are single statements here, and WAL is that of the whole'
        f' private server. {WINDOWS} windows of {WINDOW} s, counted as\na minute. Load average before:'
        f' {machine.load()}.',
        ['queries/min', 'WAL bytes/min', 'CPU s/min', 'wake-ups/s', 'RSS MB', 'private MB'])
    pid = pod(bench.database.process.pid)
    bench.database.ask('checkpoint')
    time.sleep(SETTLE)
    found, before = [], state(bench, pid)
    for _ in range(WINDOWS):
        time.sleep(WINDOW)
        now = state(bench, pid)
        span = now[0] - before[0]
        # Less the question that the window began with.
        found.append(((now[1] - before[1] - 1) / span * 60, (now[2] - before[2]) / span * 60,
                      (now[3] - before[3]) / span * 60, (now[4] - before[4]) / span))
        before = now
    queries, wal, cpu, wakeups = zip(*found)
    memory = cost.memory_mb(pid)
    section.rows.append([spread([round(value) for value in queries]), spread([round(value) for value in wal]),
                         spread(cpu), spread(wakeups), f'{memory["rss"]:.1f}', f'{memory["private"]:.1f}'])
    section.verdicts = [Verdict('idle pod, RSS', '≤ 60 MB', f'{memory["rss"]:.1f} MB', memory['rss'] <= 60)]
    return section


def state(bench, pid):
    queries, wal = bench.database.ask(TOTALS).split()
    return time.monotonic(), int(queries), int(wal), cost.cpu_seconds(pid), cost.wakeups(pid)


def pod(demo):
    """The process of the only pod that the demo started."""
    pods = [int(entry.name) for entry in Path('/proc').iterdir()
            if entry.name.isdigit() and is_pod(entry) and demo in ancestors(int(entry.name))]
    if len(pods) != 1:
        raise SystemExit(f'bench: the demo has {len(pods)} processes of pods instead of one')
    return pods[0]


def is_pod(entry):
    try:
        return (entry / 'comm').read_text().strip() == 'bundlepod'
    except OSError:
        return False  # ended meanwhile


def ancestors(pid):
    while pid > 1:
        try:
            # After the name, which may hold anything: state, then parent.
            pid = int(Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[1])
        except OSError:
            return
        yield pid
