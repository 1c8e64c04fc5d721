"""A legacy directory of 10,000 bundles with archives of 10 KB."""
from rows.migrating import migration


def measure(bench):
    return migration(bench, 'Migration of 10,000 bundles with 10 KB', 10_000, 10_000)
