"""A legacy directory of 20 bundles with archives of 100 MB."""
from rows.migrating import migration


def measure(bench):
    return migration(bench, 'Migration of 20 bundles with 100 MB', 20, 100_000_000)
