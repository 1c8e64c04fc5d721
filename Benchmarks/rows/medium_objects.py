"""Two hundred objects of 1 MB."""
from rows.transfers import transfers


def measure(bench):
    return transfers(bench, '200 objects of 1 MB', 200, 1_000_000)[0]
