"""From a commit to the bytes on the terminal."""
import random
import time

from database import Session
from peers import KNOWN_BUNDLE
from report import Section, Verdict
from samples import number, percentile
from screen import pump

COMMITS = 100
PATIENCE = 5
LETTERS = 'abcdefghkmnopqrstuvwxyz'


def words(count, seed=1):
    """Words of which each differs from the one before in every letter, so that a painter of differences writes it
    whole."""
    chance, word = random.Random(seed), ' ' * 7
    for _ in range(count):
        word = ''.join(chance.choice(LETTERS.replace(letter, '')) for letter in word)
        yield word


def commit(writer, bell, word):
    """Writes a version and rings as a pod does, from another connection; the moment of the commit by the server."""
    moment = float(writer.ask(
        rf"begin \; update example_bundle_status set version = '{word}',"
        rf" updated_at = now() - interval '330 minutes'"
        rf" where slug = '{KNOWN_BUNDLE}' \; commit \; select extract(epoch from clock_timestamp());"))
    bell.process.stdin.write('notify example_bundles;\n')
    return moment


def measure(bench):
    section = Section(
        'From commit to terminal',
        f'{COMMITS} commits at random moments, each followed by a ring from another connection as pods do.'
        f' Milliseconds from the commit\n(by the server\'s clock) to the changed text on the terminal. psql looks'
        f' at one row, beside it, at the same commits.'
        f'\npg_activity does not show bundles; it looks every 2 s.',
        ['program', 'p50 ms', 'p90 ms', 'p99 ms', 'samples'])
    bench.fill(10_000)
    with bench.cast.bundletop.start(bench.environment) as ours, \
            bench.cast.psql_one.start(bench.environment, keep=True) as psql, \
            Session(bench.environment) as writer, Session(bench.environment) as bell:
        pump([ours, psql], 4)
        commits, own = [], []
        for word in words(COMMITS):
            arrivals = []
            ours.watch(word, arrivals.append)
            commits.append((commit(writer, bell, word), word.encode()))
            if not pump([ours, psql], PATIENCE, lambda: arrivals):
                raise SystemExit(f'bench: bundletop did not show a change within {PATIENCE} s')
            own.append((arrivals[0] - commits[-1][0]) * 1000)
            pump([ours, psql], random.uniform(0.05, 0.4))
        pump([ours, psql], 1.5)
        log = psql.log
    for program, values in ((bench.cast.bundletop, own), (bench.cast.psql_one, later_looks(log, commits))):
        section.rows.append([program.name, *(number(percentile(values, p)) for p in (50, 90, 99)), len(values)])
    for percent, limit in ((50, 10), (99, 60)):
        value = percentile(own, percent)
        section.verdicts.append(Verdict(
            f'commit to terminal, p{percent}', f'≤ {limit} ms', f'{number(value)} ms', value <= limit))
    return section


def later_looks(log, commits):
    """How long after each commit a program that prints everything again printed that commit or a later one."""
    places = {word: place for place, (_, word) in enumerate(commits)}
    looks = [(moment, place) for moment, data in log for word, place in places.items() if word in data]
    return [min(seen - moment for seen, shown in looks if shown >= place) * 1000
            for place, (moment, _) in enumerate(commits)]
