"""Where and with what a run was measured."""
import os
import platform
import re
import subprocess
import time


def answer(*command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


def cpu_model():
    with open('/proc/cpuinfo') as file:
        models = re.findall(r'^model name\s*:\s*(.+)$', file.read(), re.MULTILINE)
    return models[0] if models else platform.machine()


def memory_gb():
    with open('/proc/meminfo') as file:
        return int(re.search(r'MemTotal:\s+(\d+)', file.read()).group(1)) / 1024 / 1024


def load():
    return ' '.join(f'{value:.2f}' for value in os.getloadavg())


def about(database, cast):
    """Facts in the order in which they are shown; the load is that of the start."""
    return {
        'date': time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime()),
        'CPU': f'{cpu_model()}, {os.cpu_count()} cores',
        'memory': f'{memory_gb():.1f} GB',
        'kernel': f'{platform.system()} {platform.release()}',
        'bundletop': answer(str(cast.bundletop.command[0]), '--version').removeprefix('bundletop '),
        'Postgres': database.ask('show server_version'),
        'psql': answer('psql', '--version').removeprefix('psql (PostgreSQL) '),
        'pg_activity': answer(str(cast.pg_activity.command[0]), '--version').splitlines()[0].split()[-1],
        'top': answer('top', '-V').splitlines()[0].split()[-1],
        'terminal': '120x40, TERM=xterm-256color',
        'load average before': load(),
    }
