"""A status and its archive, and the directory that holds them, as AppHub writes both."""
import copy
import hashlib
import json
import os
from datetime import datetime, timezone
from pathlib import Path

# 2025-01-01, and a year of milliseconds from there.
FIRST = 1_735_689_600_000
YEAR = 365 * 86_400_000


def moment(milliseconds):
    """As `Date.prototype.toISOString` writes it."""
    whole = datetime.fromtimestamp(milliseconds // 1000, timezone.utc)
    return whole.strftime('%Y-%m-%dT%H:%M:%S') + f'.{milliseconds % 1000:03}Z'


class Bundle:
    def __init__(self, slug, chance):
        self.slug, self.bytes, self.place = slug, None, 1
        self.updated = FIRST + chance.randrange(YEAR)
        self.created = self.updated - chance.randrange(1, 10 ** 9)
        self.fields = {}
        self.inputs(chance)
        self.version = f'{chance.randrange(9)}.{chance.randrange(20)}.{chance.randrange(20)}'
        self.filename = f'{slug}-{self.version}.tgz'
        self.become('completed')

    def copy(self):
        return copy.deepcopy(self)

    def inputs(self, chance):
        """Other inputs: a git tree, or a SHA-256 where there was no repository."""
        self.fingerprint = chance.randbytes(chance.choice((20, 32))).hex()

    def become(self, stage, **fields):
        self.stage = stage
        states = {'queued': 'queued', 'completed': 'completed', 'failed': 'failed'}
        self.state = states.get(stage, 'running')
        if stage != 'completed':
            self.bytes = None
        self.fields = fields

    def archive(self, data):
        self.bytes = data

    def status(self):
        """The fields in AppHub's order."""
        done = self.state == 'completed'
        status = {'slug': self.slug, 'fingerprint': self.fingerprint, 'stage': self.stage, 'state': self.state,
                  'jobId': self.slug, 'version': self.version if done else None,
                  'checksum': hashlib.sha256(self.bytes).hexdigest() if self.bytes is not None else None,
                  'filename': self.filename if done else None, 'cached': False if done else None, 'error': None,
                  'message': None, 'updatedAt': moment(self.updated), 'createdAt': moment(self.created)}
        status.update(self.fields)
        # AppHub leaves out what it does not know, but for error and message.
        return {name: value for name, value in status.items() if value is not None or name in ('error', 'message')}

    def archive_path(self):
        return {1: f'artifacts/{self.slug}/{self.fingerprint}/{self.filename}',
                2: f'artifacts/{self.slug}/{self.filename}', 3: f'{self.slug}/{self.fingerprint}/{self.filename}',
                4: f'{self.slug}/{self.filename}', 5: self.filename}[self.place]


class Directory:
    """A legacy directory that is being made, and what was planted in it."""

    def __init__(self, path, source):
        self.path, self.source = Path(path), source
        self.planted, self.members, self.slugs, self.damaged = [], {}, set(), set()
        (self.path / 'status').mkdir(parents=True)

    @property
    def bundles(self):
        return len(self.slugs)

    def plant(self, path, slug, kind, damage):
        """Remembers what a plan has to find."""
        self.planted.append({'source': self.source, 'path': path, 'slug': slug, 'kind': kind, 'damage': damage})
        if slug is not None:
            self.damaged.add(slug)

    def add(self, bundle, text=None, name=None):
        """Writes status and archive of a bundle; returns the path of the status."""
        if bundle.bytes is not None:
            self.write(bundle.archive_path(), bundle.bytes, bundle.updated)
        path = f'status/{name or bundle.slug}.json'
        self.write(path, text if text is not None else pretty(bundle.status()), bundle.updated)
        self.slugs.add(bundle.slug)
        return path

    def add_member(self, bundle, key=None):
        """Puts a bundle into the older map; returns the path by which it is known."""
        if bundle.bytes is not None:
            self.write(bundle.archive_path(), bundle.bytes, bundle.updated)
        self.members[key or bundle.slug] = bundle.status()
        self.slugs.add(bundle.slug)
        return f'status.json#{key or bundle.slug}'

    def write(self, path, data, milliseconds=FIRST):
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
        os.utime(file, ns=(milliseconds * 10 ** 6,) * 2)

    def finish(self):
        """Writes what belongs to all of them: the map, and what AppHub and its administrators leave lying about."""
        if self.members:
            self.write('status.json', pretty(self.members))
        self.write('status/.DS_Store', b'\0\0\0\1Bud1')
        self.write('status/left.json.5e0a7d5c-7c1f-4c55-9a3a-1d2f0a9b8c7d.tmp', '{"slug": "le')
        self.write('artifacts/.gitkeep', b'')


def pretty(value):
    """As `JSON.stringify(value, null, 2)` and a line break."""
    return json.dumps(value, indent=2, ensure_ascii=False) + '\n'
