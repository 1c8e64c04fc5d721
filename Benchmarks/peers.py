"""Who is measured, and how each is started."""
from dataclasses import dataclass
from pathlib import Path

from database import HERE
from screen import Screen


@dataclass
class Program:
    name: str
    command: list
    # A text that stands on its screen as soon as it shows data; None where there is no such text.
    known: str | None = None
    # A text of its first picture, the one without data; None where nothing is drawn before there is data.
    skeleton: str | None = None

    def start(self, environment, keep=False):
        return Screen([str(word) for word in self.command], environment, keep)


# The bundle that every table shows first, and a session that pg_activity lists.
KNOWN_BUNDLE = 'bundle-000001'
KNOWN_SESSION = 'known-session'


class Cast:
    def __init__(self, binaries, tools):
        self.bundletop = Program('bundletop', [Path(binaries) / 'bundletop'], KNOWN_BUNDLE, 'SHA-256')
        self.pg_activity = Program(
            'pg_activity, 2 s', [Path(tools) / 'bench/bin/pg_activity', '--refresh', '2'], KNOWN_SESSION,
            'RUNNING QUERIES')
        self.psql = Program(r'psql, all rows `\watch 1`', psql('all.sql'), KNOWN_BUNDLE)
        self.psql_one = Program(r'psql, one row `\watch 1`', psql('one.sql'), KNOWN_BUNDLE)
        self.top = Program('top -d 1', ['top', '-d', '1'])
        # The library's rates, built beside the programs, and the object store.
        self.rates = Path(binaries) / 'rates'
        self.rclone = Path(tools) / 'venv/bin/rclone'


def psql(script):
    return ['psql', '-Xq', '-f', HERE / 'sql' / script]
