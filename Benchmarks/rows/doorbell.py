"""What telling others costs those who write."""
import re

import machine
from database import Session, Writers
from errand import run
from report import Section
from samples import median, spread

REPEATS = 3
SECONDS = 5
WRITERS = 16
# Every 25 ms is the most that one pod's doorbell rings.
RINGS = 40
PLAIN, AFTER, INSIDE = 'nobody is told', 'doorbell after the commits', 'NOTIFY in each transaction'


def measure(bench):
    section = Section(
        f'{WRITERS} writers and a listener',
        f'Commits a second of pgbench, each a progress write to the writer\'s own row of the real table with its'
        f' trigger. The doorbell\nis another connection that rings {RINGS} times a second beside them, the most that'
        f' a pod does. {REPEATS} runs of {SECONDS} s each, in turn.\nLoad average before: {machine.load()}.',
        ['how', 'commits/s', 'doorbell = 1'])
    database = bench.database
    environment = database.beside('doorbell')
    run([bench.cast.bundletop.command[0], 'schema', 'apply'], environment)
    database.run('fill.sql', environment, bundles=WRITERS)
    found = {name: [] for name in (PLAIN, AFTER, INSIDE)}
    with Session(environment) as listener:
        listener.ask("listen example_bundles; select 'listening';")
        for _ in range(REPEATS):
            found[PLAIN].append(commits(bench, 'write.sql', environment))
            with Writers(database, {'ring.sql': RINGS}, environment):
                found[AFTER].append(commits(bench, 'write.sql', environment))
            found[INSIDE].append(commits(bench, 'write_notify.sql', environment))
    base = median(found[AFTER])
    section.rows = [[name, spread([round(value) for value in values]), f'{median(values) / base:.2f}']
                    for name, values in found.items()]
    return section


def commits(bench, script, environment):
    errand = run(['pgbench', '-n', '-c', WRITERS, '-T', SECONDS, '-f', bench.here / 'sql' / script], environment)
    return float(re.search(r'^tps = ([\d.]+) \(without', errand.output, re.MULTILINE).group(1))
