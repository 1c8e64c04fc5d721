"""What a pod without jobs costs itself and the database."""
import time
from pathlib import Path

import cost
import machine
from database import Database
from report import Section, Verdict
from samples import spread

WINDOW = 15
WINDOWS = 4
# Until start-up is over and each page that is written again and again stands whole in the log.
SETTLE = 10
# All that is needed in one answer: the count leaves out the question itself, which is one more each time.
TOTALS = ("select sum(xact_commit + xact_rollback) || ' ' || pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"
          " from pg_stat_database where datname = current_database()")


def measure(bench):
    section = Section(
        'Idle pod',
        f'One pod (concurrency 2) with nothing to do and nobody looking; it polls, beats and listens. Queries are'
        f' transactions that the\ndatabase counted, which are single statements here; WAL is that of the whole'
        f' server, a fresh one without autovacuum, between\ncheckpoints. {WINDOWS} windows of {WINDOW} s, counted as'
        f' a minute each. Load average before: {machine.load()}.',
        ['queries/min', 'WAL bytes/min', 'CPU s/min', 'wake-ups/s', 'RSS MB', 'anonymous MB'])
    # A server of its own: what the other rows have written is vacuumed whenever that suits Postgres.
    with Database(bench.cast.bundletop.command[0].parent, bench.here.parent / 'examples') as database:
        pid = pod(database.process.pid)
        for statement in ('alter system set autovacuum = off', 'select pg_reload_conf()', 'vacuum', 'checkpoint'):
            database.ask(statement)
        time.sleep(SETTLE)
        found, before = [], state(database, pid)
        for _ in range(WINDOWS):
            time.sleep(WINDOW)
            now = state(database, pid)
            found.append(a_minute(before, now))
            before = now
        memory = cost.memory_mb(pid)
    queries, wal, cpu, wakeups = zip(*found)
    section.rows.append([spread(queries), spread(wal), spread(cpu), spread(wakeups), f'{memory["rss"]:.1f}',
                         f'{memory["anonymous"]:.1f}'])
    section.verdicts = [Verdict('idle pod, RSS', '≤ 60 MB', f'{memory["rss"]:.1f} MB', memory['rss'] <= 60)]
    return section


def state(database, pid):
    queries, wal = database.ask(TOTALS).split()
    return time.monotonic(), int(queries), int(wal), cost.cpu_seconds(pid), cost.wakeups(pid)


def a_minute(before, now):
    """Queries, bytes of WAL and CPU seconds a minute; wake-ups a second."""
    span, queries, wal, cpu, wakeups = (after - then for then, after in zip(before, now))
    # Less the question that the window began with.
    return round((queries - 1) / span * 60), round(wal / span * 60), cpu / span * 60, wakeups / span


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
