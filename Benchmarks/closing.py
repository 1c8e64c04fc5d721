"""Things that must be given back, and programs that must end."""
import subprocess


class Closing:
    """Its `close()` runs at the end of a `with`, whatever happens in it."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def end(process, patience, ask=None):
    """Asks a program to end, unless it has, and waits; kills it when that takes longer than so many seconds.

    ask: how it is asked; SIGTERM by default.
    """
    if process.poll() is None:
        (ask or process.terminate)()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
