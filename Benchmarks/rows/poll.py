"""What asking for news costs on the wire while there are none."""
from database import Database, Session
from proxy import Proxy
from report import Section, Verdict
from samples import number, percentile, spread
from screen import pump

SECONDS = 30
FULL_POLLS = 15
# What the feed's small question asks for, and nobody else.
PROBE = b'pg_visible_in_snapshot'
FULL = ('select s.*, a.* from example_bundle_status s left join example_bundle_artifacts a on a.id = s.artifact_id'
        ' order by s.updated_at desc, s.slug')


def measure(bench):
    section = Section(
        'Idle feed poll',
        f'Measured outside, by a proxy between the program and Postgres, over {SECONDS} s in which nothing changes;'
        f' 10,000'
        f' bundles.\nMilliseconds from the statement leaving the proxy to the end of the answer. The naive poll'
        f' reads every row, {FULL_POLLS} times.',
        ['what', 'each second', 'bytes sent', 'bytes received', 'p50 ms', 'p99 ms'])
    bench.fill(10_000)
    with Proxy(bench.database.port) as proxy:
        environment = Database.at_port(bench.environment, proxy.port)
        with bench.cast.bundletop.start(environment) as screen:
            pump([screen], 5)
            proxy.forget()
            pump([screen], SECONDS)
            idle, total = proxy.exchanges(), proxy.totals()
    with Proxy(bench.database.port) as proxy:
        with Session(Database.at_port(bench.environment, proxy.port)) as session:
            session.ask("select 'connected';")
            proxy.forget()
            for _ in range(FULL_POLLS):
                session.ask(rf"{FULL} \g /dev/null" + '\n' + r'\echo done')
            full = proxy.exchanges()
    polls = [e for e in idle if PROBE in e.statement]
    others = [e for e in idle if PROBE not in e.statement]
    if not polls or not full:
        raise SystemExit('bench: the proxy saw no poll')
    kinds = (('feed poll', polls, f'{len(polls) / SECONDS:.2f}'),
             ('pods, offers, timing of the doorbell', others, f'{len(others) / SECONDS:.2f}'),
             ('naive full poll with psql', full, ''))
    for name, found, rate in kinds:
        times = [e.milliseconds for e in found] or [0]
        section.rows.append([name, rate, spread([e.sent for e in found] or [0]),
                             spread([e.received for e in found] or [0]), number(percentile(times, 50)),
                             number(percentile(times, 99))])
    section.rows.append(['all of it, bytes a second', f'{len(idle) / SECONDS:.2f}', number(total.sent / SECONDS),
                         number(total.received / SECONDS), '', ''])
    typical, received = percentile([e.milliseconds for e in polls], 50), max(e.received for e in polls)
    section.verdicts = [
        Verdict('idle poll of the feed, p50', '≤ 1 ms', f'{number(typical)} ms', typical <= 1),
        Verdict('idle poll of the feed, received', '≤ 200 B', f'{received} B', received <= 200)]
    return section
