"""The private object store that uploads and downloads are measured against, and what the clients need to know of it."""
import http.client
import os
import secrets
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from closing import Closing, end

# Where neither a disk nor a file system's journal is measured.
MEMORY = Path('/dev/shm')
BUCKET = 'bench'
PATIENCE = 20


class ObjectStore(Closing):
    """`rclone serve s3` over a folder in memory; stops with the row, and all it held goes."""

    def __init__(self, rclone):
        self.folder = tempfile.TemporaryDirectory(prefix='bundletop-bench-', dir=MEMORY)
        self.scratch = Path(self.folder.name)
        (self.scratch / 'data' / BUCKET).mkdir(parents=True)
        self.access, self.secret = secrets.token_hex(10), secrets.token_hex(20)
        self.port = free_port()
        self.log = open(self.scratch / 'server.log', 'w')
        # Without --etag-hash= the server would read and hash a whole object whenever it is asked about; no real
        # store does.
        self.process = subprocess.Popen(
            [rclone, '--config', '/dev/null', 'serve', 's3', '--addr', f'127.0.0.1:{self.port}', '--etag-hash=',
             self.scratch / 'data'],
            env={'PATH': os.environ['PATH'], 'HOME': str(self.scratch),
                 'RCLONE_AUTH_KEY': f'"{self.access},{self.secret}"'},
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    def _wait(self):
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=2)
                connection.request('GET', '/')
                connection.getresponse()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit('bench: rclone does not serve: ' + (self.scratch / 'server.log').read_text())

    @property
    def endpoint(self):
        return f'http://127.0.0.1:{self.port}'

    @property
    def environment(self):
        """For all clients; nothing of the caller's own accounts."""
        found = {name: value for name, value in os.environ.items()
                 if not name.startswith(('AWS_', 'APPHUB_', 'RCLONE_', 'S3_')) and not name.lower().endswith('_proxy')}
        return found | {
            'AWS_ACCESS_KEY_ID': self.access, 'AWS_SECRET_ACCESS_KEY': self.secret, 'AWS_REGION': 'us-east-1',
            'AWS_DEFAULT_REGION': 'us-east-1', 'AWS_ENDPOINT_URL': self.endpoint,
            'AWS_EC2_METADATA_DISABLED': 'true', 'AWS_CONFIG_FILE': '/dev/null',
            'AWS_SHARED_CREDENTIALS_FILE': '/dev/null', 'HOME': str(self.scratch), 'LANG': 'C.UTF-8',
            'RCLONE_CONFIG': '/dev/null', 'RCLONE_CONFIG_STORE_TYPE': 's3',
            'RCLONE_CONFIG_STORE_PROVIDER': 'Rclone', 'RCLONE_CONFIG_STORE_ENV_AUTH': 'true',
            'RCLONE_CONFIG_STORE_REGION': 'us-east-1', 'RCLONE_CONFIG_STORE_ENDPOINT': self.endpoint,
            'RCLONE_CONFIG_STORE_NO_CHECK_BUCKET': 'true'}

    def close(self):
        end(self.process, 10)
        self.log.close()
        self.folder.cleanup()


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as listener:
        return listener.getsockname()[1]
