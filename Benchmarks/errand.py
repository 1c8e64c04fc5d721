"""A program that does one thing and ends: what that took."""
import os
import subprocess
import time
from dataclasses import dataclass

# How often the memory is looked at; what is read is the most it ever was, so only the last moment can be missed.
LOOK = 0.01
PATIENCE = 600


@dataclass
class Errand:
    seconds: float
    # Of all threads, by user and by system together, the program's start included.
    cpu: float
    rss_mb: float
    output: str


def run(command, environment, feed=None, folder=None):
    """Runs a program to its end; throws when it fails. feed: a file for its standard input.

    The memory comes from VmHWM, because ru_maxrss also counts what Python had before exec(3).
    """
    started = time.monotonic()
    with open(feed or os.devnull, 'rb') as source, \
            subprocess.Popen([str(word) for word in command], env=environment, cwd=folder, stdin=source,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            output, most = [], 0
            os.set_blocking(process.stdout.fileno(), False)
            while True:
                ended, status, usage = os.wait4(process.pid, os.WNOHANG)
                if ended:
                    break
                most = max(most, high_water(process.pid))
                drain(process.stdout, output)
                if time.monotonic() - started > PATIENCE:
                    raise SystemExit(f'bench: {command[0]} did not end within {PATIENCE} s')
                time.sleep(LOOK)
            seconds = time.monotonic() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            drain(process.stdout, output)
        finally:
            if process.returncode is None:
                process.kill()
    text = b''.join(output).decode(errors='replace')
    if process.returncode != 0:
        raise SystemExit(f'bench: {command[0]} ended with {process.returncode}: {text[-2000:]}')
    return Errand(seconds, usage.ru_utime + usage.ru_stime, most / 1024, text)


def drain(pipe, output):
    while piece := pipe.read(1 << 20):
        output.append(piece)


def high_water(pid):
    """The most resident memory that a process has had, in kB; 0 when it has ended."""
    try:
        with open(f'/proc/{pid}/status') as file:
            return next((int(line.split()[1]) for line in file if line.startswith('VmHWM')), 0)
    except (FileNotFoundError, ProcessLookupError):
        return 0
