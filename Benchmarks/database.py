"""The private Postgres and the pod beside it, started by the program under test; a psql that stays connected."""
import os
import shlex
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

from closing import Closing, end

HERE = Path(__file__).resolve().parent


class Database(Closing):
    """`bundletop demo --headless` with one pod and no jobs; stops with everything it started."""

    def __init__(self, binaries, examples):
        self.folder = tempfile.TemporaryDirectory(prefix='bundletop-bench-')
        self.scratch = Path(self.folder.name)
        self.errors = open(self.scratch / 'demo.log', 'w')
        self.process = subprocess.Popen(
            [binaries / 'bundletop', 'demo', '--headless', '--state-dir', self.scratch / 'state', '--no-enqueue',
             '--pods', '1', '--examples-root', examples],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        try:
            if self.process.stdout.readline() != 'ready\n':
                raise SystemExit('bench: the demo did not start: ' + (self.scratch / 'demo.log').read_text())
            self.environment = self._environment()
        except BaseException:
            self.close()
            raise

    def _environment(self):
        """Ours without any hint of another database, and the stack's; libpq's variables for the peers."""
        found = {name: value for name, value in os.environ.items()
                 if not name.startswith(('PG', 'APPHUB_', 'DATABASE_', 'TMUX'))}
        for line in (self.scratch / 'state/env').read_text().splitlines():
            name, value = line.removeprefix('export ').split('=', 1)
            found[name] = shlex.split(value)[0]
        found.update(TERM='xterm-256color', LANG='C.UTF-8', COLORTERM='truecolor', TZ='UTC')
        return self.at_port(found, urllib.parse.urlsplit(found['DATABASE_URL']).port)

    @staticmethod
    def at_port(environment, port):
        """The same database reached through another port of this machine."""
        url = urllib.parse.urlsplit(environment['DATABASE_URL'])
        place = f'{url.netloc.rsplit(":", 1)[0]}:{port}'
        return environment | {
            'DATABASE_URL': url._replace(netloc=place).geturl(), 'PGHOST': url.hostname, 'PGPORT': str(port),
            'PGUSER': url.username, 'PGPASSWORD': urllib.parse.unquote(url.password), 'PGDATABASE': url.path[1:],
            'PGAPPNAME': 'bench', 'PSQL_PAGER': ''}

    def beside(self, name):
        """The environment of another, empty database of the same server: no pod looks at it."""
        self.ask(f'create database {name}')
        url = urllib.parse.urlsplit(self.environment['DATABASE_URL'])
        return self.environment | {'DATABASE_URL': url._replace(path=f'/{name}').geturl(), 'PGDATABASE': name}

    @property
    def port(self):
        return int(self.environment['PGPORT'])

    def run(self, script, environment=None, **variables):
        """Runs one of the SQL files beside this one; environment: of another database than the demo's."""
        settings = [word for name, value in variables.items() for word in ('-v', f'{name}={value}')]
        subprocess.run(
            ['psql', '-Xq', '-v', 'ON_ERROR_STOP=1', *settings, '-f', HERE / 'sql' / script],
            env=environment or self.environment, check=True, stdout=subprocess.DEVNULL)

    def ask(self, query, environment=None):
        """The one value that a query answers."""
        return subprocess.run(['psql', '-XAtqc', query], env=environment or self.environment, check=True, text=True,
                              stdout=subprocess.PIPE).stdout.strip()

    def close(self):
        end(self.process, 30)
        self.process.stdout.close()
        self.errors.close()
        self.folder.cleanup()


class Session(Closing):
    """A psql that stays connected; used from one thread."""

    def __init__(self, environment):
        self.process = subprocess.Popen(
            ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1'], env=environment, text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, statements):
        """Sends a line and waits for the line that it answers."""
        self.process.stdin.write(statements + '\n')
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit('bench: psql ended in the middle of a measurement')
        return answer.rstrip('\n')

    def close(self):
        # It leaves at the end of its input.
        end(self.process, 5, ask=self.process.stdin.close)
        self.process.stdout.close()


class Writers(Closing):
    """pgbench with one script at a steady rate, until closed."""

    def __init__(self, database, scripts, environment=None):
        """scripts: file name to transactions a second; environment: of another database than the demo's."""
        self.processes = []
        for script, rate in scripts.items():
            self.processes.append(subprocess.Popen(
                ['pgbench', '-n', '-c', '4', '-R', str(rate), '-T', '3600', '-f', HERE / 'sql' / script],
                env=environment or database.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL))
        time.sleep(1)
        if any(process.poll() is not None for process in self.processes):
            self.close()
            raise SystemExit('bench: pgbench ended at once')

    def close(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()
