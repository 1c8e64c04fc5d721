"""Jobs a second by the queues of others. Run by the Python that has them; the database is that of libpq's variables.

    queue_peers.py procrastinate|pgqueuer CLIENTS JOBS

The jobs do nothing, as many at once as there are clients, in one process. Prints jobs a second from the start of the
worker until the queue is empty.
"""
import asyncio
import sys
import time


def main():
    kind, clients, jobs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    print(round({'procrastinate': procrastinate, 'pgqueuer': pgqueuer}[kind](clients, jobs)))


def procrastinate(clients, jobs):
    import procrastinate

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(min_size=clients + 2, max_size=clients + 2))
    done = 0

    @app.task(name='noop')
    async def noop():
        nonlocal done
        done += 1

    async def work():
        async with app.open_async():
            there = await app.connector.execute_query_one_async(
                "select to_regclass('procrastinate_jobs')::text as there")
            if there['there'] is None:
                await app.schema_manager.apply_schema_async()
            await noop.batch_defer_async(*({} for _ in range(jobs)))
            await app.connector.execute_query_async('analyze procrastinate_jobs, procrastinate_events')
            start = time.monotonic()
            await app.run_worker_async(concurrency=clients, wait=False, install_signal_handlers=False)
            return time.monotonic() - start

    seconds = asyncio.run(work())
    return rate(done, jobs, seconds)


def pgqueuer(clients, jobs):
    import asyncpg
    from pgqueuer import PgQueuer
    from pgqueuer.db import AsyncpgPoolDriver
    from pgqueuer.types import QueueExecutionMode

    done = 0

    async def work():
        async with asyncpg.create_pool(min_size=clients + 2, max_size=clients + 2) as pool:
            queue = PgQueuer(AsyncpgPoolDriver(pool))

            @queue.entrypoint('noop')
            async def noop(job):
                nonlocal done
                done += 1

            if await pool.fetchval("select to_regclass('pgqueuer')") is None:
                await queue.qm.queries.install()
            await queue.qm.queries.enqueue(['noop'] * jobs, [None] * jobs, [0] * jobs)
            await pool.execute('analyze pgqueuer, pgqueuer_log')
            start = time.monotonic()
            # A batch is what one claim takes and one completion writes: as many as work at once.
            await queue.run(batch_size=clients, mode=QueueExecutionMode.drain)
            return time.monotonic() - start

    seconds = asyncio.run(work())
    return rate(done, jobs, seconds)


def rate(done, jobs, seconds):
    if done != jobs:
        raise SystemExit(f'queue_peers: {done} of {jobs} jobs were done')
    return jobs / seconds


if __name__ == '__main__':
    main()
