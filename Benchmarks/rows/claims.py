"""Jobs that do nothing, claimed and completed one at a time."""
import re
import uuid

import machine
from errand import run
from report import Section, Verdict
from samples import median, number, spread

REPEATS = 3
BUNDLES = 2000
# How many jobs each of so many clients does.
JOBS = {1: 600, 8: 200}
VERSIONS = "from importlib.metadata import version; print(version('procrastinate'), 'and', version('pgqueuer'))"
OURS, SAME, PROCRASTINATE, PGQUEUER = 'bundletop', 'the same SQL, pgbench', 'procrastinate', 'pgqueuer'
# The parameters of claim.sql, then of complete.sql; a job's own come out of the claim.
CLAIM = {1: ':owner', 2: ':pod', 3: ':lease', 4: ':catalogue', 5: ':few', 6: ':cap'}
COMPLETE = {1: ':id', 2: ':attempt', 3: ':owner', 4: ':fingerprint', 5: ':version', 6: ':checksum', 7: ':filename',
            8: ':kind', 9: ':filename', 10: ':place', 11: ':type', 12: ':size', 13: ':cached', 14: 'null', 15: 'null'}
# What Benchmarks/Rates completes jobs with, too.
VALUES = {'owner': uuid.UUID(int=1), 'pod': 'pod-0', 'lease': '15 seconds', 'few': 1, 'cap': 10,
          'fingerprint': 'fingerprint', 'version': '1.0.0', 'checksum': 'c' * 64, 'filename': 'bundle.tgz',
          'kind': 's3', 'place': 's3://bucket/bundle.tgz', 'type': 'application/gzip', 'size': 4096,
          'cached': 'false'}


def measure(bench):
    python = bench.tools / 'queues/bin/python'
    versions = run([python, '-c', VERSIONS], bench.environment).output.strip()
    section = Section(
        'Claim and completion',
        f'No-op jobs a second, those of {BUNDLES:,} bundles being queued; each client claims one, completes it and takes'
        f' the next.\nOurs is the library, one statement each way; pgbench runs the very same two statements, parsed'
        f' each time as ours are.\nprocrastinate and pgqueuer (versions {versions}) work off as many of their own, as'
        f' many at once as there are clients;\npgqueuer claims and completes in batches of that size. {REPEATS} runs'
        f' each, in turn, with synchronous commits.\nLoad average before: {machine.load()}.',
        ['clients', 'who', 'jobs/s', 'ours / theirs'])
    queue = bench.database.beside('claims')
    run([bench.cast.bundletop.command[0], 'schema', 'apply'], queue)
    peers = {name: bench.database.beside(name) for name in (PROCRASTINATE, PGQUEUER)}
    script = bench.database.scratch / 'claims.sql'
    script.write_text(pgbench_script(bench.here.parent / 'Sources/BundleStore/SQL'))
    for clients, jobs in JOBS.items():
        found = {name: [] for name in (OURS, SAME, PROCRASTINATE, PGQUEUER)}
        for _ in range(REPEATS):
            bench.database.run('queue.sql', queue, bundles=BUNDLES)
            found[OURS].append(int(run([bench.cast.rates, 'claims', clients, jobs, BUNDLES], queue).output))
            bench.database.run('queue.sql', queue, bundles=BUNDLES)
            found[SAME].append(pgbench(script, clients, jobs, queue))
            for name, environment in peers.items():
                # procrastinate has something to say first.
                answer = run([python, '-B', bench.here / 'queue_peers.py', name, clients, clients * jobs],
                             environment).output
                found[name].append(int(answer.split()[-1]))
        ours = median(found[OURS])
        section.rows += [[clients, name, spread(values), f'{ours / median(values):.2f}']
                         for name, values in found.items()]
        share = ours / median(found[SAME]) * 100
        section.verdicts.append(Verdict(f'claim and completion beside pgbench, clients: {clients}', '≥ 70 %',
                                        f'{number(share)} %', share >= 70))
    return section


def pgbench_script(folder):
    """Our two statements, with pgbench's variables in place of the parameters."""
    return ''.join(statement(folder / name, names) + ending
                   for name, names, ending in (('claim.sql', CLAIM, ' \\gset\n'), ('complete.sql', COMPLETE, ';\n')))


def statement(file, names):
    text = re.sub(r'--.*', '', file.read_text()).strip().removesuffix(';')
    return re.sub(r'\$(\d+)', lambda found: names[int(found.group(1))], text)


def pgbench(script, clients, jobs, environment):
    """Transactions a second, the time to connect not included."""
    catalogue = ','.join(f'bundle-{index:06}' for index in range(1, BUNDLES + 1))
    defined = [word for name, value in (VALUES | {'catalogue': f'{{{catalogue}}}'}).items()
               for word in ('-D', f'{name}={value}')]
    errand = run(['pgbench', '-n', '-M', 'extended', '-c', clients, '-t', jobs, *defined, '-f', script], environment)
    found = re.search(r'^tps = ([\d.]+) \(without', errand.output, re.MULTILINE)
    if not found or f'{clients * jobs}/{clients * jobs}' not in errand.output:
        raise SystemExit('bench: pgbench did not do every job: ' + errand.output[-1000:])
    return float(found.group(1))
