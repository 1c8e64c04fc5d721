"""A legacy directory into the database and the object store, by `bundletop migrate run` and by what people would
otherwise do."""
import hashlib
import json
import shutil
from datetime import datetime, timezone

import machine
from database import HERE
from errand import run
from object_store import BUCKET, ObjectStore
from report import Section, Verdict
from samples import median, number, spread

REPEATS = 3
OURS, SYNC, SCRIPT = 'bundletop migrate run', r'aws s3 sync, then psql \copy', 'boto3 and psycopg, 10 at a time'
# Line breaks go, so that a text is a line for psql; xargs starts awk more than once.
FLAT = "find status -name '*.json' -print0 | xargs -0 awk 'FNR == 1 && NR > 1 { print \"\" } { printf \"%s\", $0 }" \
       " END { print \"\" }' > LINES"


def migration(bench, title, count, size):
    """A section about so many bundles with archives of so many bytes."""
    load = machine.load()
    found = {name: [] for name in (OURS, SYNC, SCRIPT)}
    with ObjectStore(bench.cast.rclone) as store:
        directory = store.scratch / 'legacy'
        make(directory, count, size)
        for repeat in range(REPEATS):
            for number_, (name, move) in enumerate({OURS: ours, SYNC: sync, SCRIPT: script}.items()):
                database = bench.database.beside(f'migrate_{count}_{repeat}_{number_}')
                run([bench.cast.bundletop.command[0], 'schema', 'apply'], database)
                prefix = f'{repeat}-{number_}/'
                found[name].append(total(move(bench, store, directory, prefix, database)))
                check(bench, store, prefix, database, count)
                bench.database.ask(f'drop database {database["PGDATABASE"]} with (force)')
                # Memory is what all this lies in.
                shutil.rmtree(store.scratch / 'data' / BUCKET / prefix)
    return section(title, load, found)


def ours(bench, store, directory, prefix, database):
    settings = {'APPHUB_BUNDLE_STORAGE_BACKEND': 's3', 'APPHUB_BUNDLE_STORAGE_BUCKET': BUCKET,
                'APPHUB_BUNDLE_STORAGE_ENDPOINT': store.endpoint, 'APPHUB_BUNDLE_STORAGE_REGION': 'us-east-1',
                'APPHUB_BUNDLE_STORAGE_FORCE_PATH_STYLE': 'true', 'APPHUB_BUNDLE_STORAGE_PREFIX': prefix[:-1],
                'APPHUB_BUNDLE_STORAGE_ACCESS_KEY_ID': store.access,
                'APPHUB_BUNDLE_STORAGE_SECRET_ACCESS_KEY': store.secret}
    clean = {name: value for name, value in database.items() if not name.startswith('APPHUB_')}
    yield run([bench.cast.bundletop.command[0], 'migrate', 'run', '--legacy-dir', directory, '--source', 'bench',
               '--quiet'], store.environment | clean | settings)


def sync(bench, store, directory, prefix, database):
    lines = store.scratch / 'lines'
    yield run([bench.tools / 's3tools/bin/aws', 's3', 'sync', '--only-show-errors', directory / 'artifacts',
               f's3://{BUCKET}/{prefix}'], store.environment)
    yield run(['sh', '-c', FLAT.replace('LINES', str(lines))], database, folder=directory)
    yield run(['psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', HERE / 'sql/legacy_copy.sql'], database, feed=lines)


def script(bench, store, directory, prefix, database):
    # One environment has boto3, another psycopg; both are of the same Python.
    packages = next((bench.tools / 'bench/lib').glob('python*/site-packages'))
    yield run([bench.tools / 's3tools/bin/python', '-B', HERE / 'legacy_peer.py', directory, BUCKET, prefix],
              store.environment | database | {'PYTHONPATH': str(packages)})


def total(errands):
    """Seconds and CPU of all steps of one way, and the most memory of any."""
    errands = list(errands)
    return (sum(one.seconds for one in errands), sum(one.cpu for one in errands),
            max(one.rss_mb for one in errands))


def check(bench, store, prefix, database, count):
    """Whoever measures what did not happen measures nothing."""
    rows = bench.database.ask(
        "select count(*) from example_bundle_status s join example_bundle_artifacts a using (slug, fingerprint)"
        " where s.state = 'completed'", database)
    objects = sum(1 for path in (store.scratch / 'data' / BUCKET / prefix).rglob('*.tgz'))
    if (int(rows), objects) != (count, count):
        raise SystemExit(f'bench: {rows} rows and {objects} objects of {count} bundles')


def section(title, load, found):
    base = [median(values) for values in zip(*found[OURS])]
    result = Section(
        title,
        '`rclone serve s3` and a private Postgres on this machine; the directory and the objects are in memory.'
        f' {REPEATS} runs each, in turn, into\na database and a prefix of its own; seconds and CPU of all steps from'
        ' exec to exit, memory of the largest. Ours reads each\nfile with distrust, hashes each archive, asks the server'
        ' what it holds, and keeps a journal by which it goes on after a\ncrash; the others do nothing of that. Load'
        f' average before: {load}.',
        ['way', 'seconds', 'CPU s', 'RSS MB', 'time, ours = 1', 'CPU, ours = 1'])
    for name, values in found.items():
        seconds, cpu, memory = zip(*values)
        result.rows.append([name, spread(seconds), spread(cpu), f'{max(memory):.1f}',
                            f'{median(seconds) / base[0]:.2f}', f'{median(cpu) / base[1]:.2f}'])
    memory = max(one[2] for one in found[OURS])
    result.verdicts = [Verdict(f'{title}, RSS', '≤ 64 MB', f'{number(memory)} MB', memory <= 64)]
    return result


def make(directory, count, size):
    """Bundles as AppHub leaves them, with archives of bytes that nobody can compress."""
    (directory / 'status').mkdir(parents=True)
    with open('/dev/urandom', 'rb') as random:
        for index in range(count):
            slug, fingerprint = f'bundle-{index:06}', f'{index:040x}'
            name, digest = f'{slug}-1.0.0.tgz', hashlib.sha256()
            folder = directory / 'artifacts' / slug / fingerprint
            folder.mkdir(parents=True)
            with open(folder / name, 'wb') as file:
                while file.tell() < size:
                    piece = random.read(min(size - file.tell(), 1 << 20))
                    digest.update(piece)
                    file.write(piece)
            moment = datetime.fromtimestamp(1_750_000_000 + index, timezone.utc).isoformat(timespec='milliseconds')
            moment = moment.replace('+00:00', 'Z')
            status = {'slug': slug, 'fingerprint': fingerprint, 'stage': 'completed', 'state': 'completed',
                      'jobId': slug, 'version': '1.0.0', 'checksum': digest.hexdigest(), 'filename': name,
                      'cached': False, 'error': None, 'message': None, 'updatedAt': moment, 'createdAt': moment}
            (directory / 'status' / f'{slug}.json').write_text(json.dumps(status, indent=2) + '\n')
