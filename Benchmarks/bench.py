#!/usr/bin/env python3
"""Measures bundletop beside its peers and writes what it found.

    bench.py [--output FILE] [--binaries DIR] [--tools DIR] [ROW...]

A row is the name of a file in rows/; without any, all are measured, in the order of ROWS. Everything that is
started ends with the command, also when it is interrupted.
"""
import argparse
import importlib
import os
import signal
import sys
import time
from pathlib import Path

import machine
from database import HERE, Database
from peers import Cast
from report import page

ROWS = ['first_frame', 'idle', 'changes', 'poll', 'freshness', 'large_object', 'medium_objects', 'small_objects',
        'presign', 'sha256', 'claims', 'idle_pod', 'doorbell', 'http_list', 'http_events',
        'migrate_small', 'migrate_large']
ROOT = HERE.parent


class Bench:
    """What a row needs: a database with bundles, and the programs."""

    def __init__(self, database, cast, tools):
        self.database, self.cast, self.tools, self.here = database, cast, tools, HERE
        self.environment = database.environment

    def fill(self, bundles):
        self.database.run('fill.sql', bundles=bundles)


def arguments():
    parser = argparse.ArgumentParser(description='Measures bundletop beside its peers.')
    parser.add_argument('--output', default=ROOT / 'docs/benchmarks.md')
    parser.add_argument('--binaries', default=os.environ.get('BIN') or ROOT / '.build/release')
    parser.add_argument('--tools', default=os.environ.get('BUNDLETOP_TOOLS') or ROOT / '.tools')
    parser.add_argument('rows', nargs='*', metavar='ROW', help=f'of {", ".join(ROWS)}; all when none is named')
    chosen = parser.parse_args()
    for row in chosen.rows:
        if row not in ROWS:
            parser.error(f'no row {row}: there are {", ".join(ROWS)}')
    return chosen


def main():
    chosen = arguments()
    # Both end through the same clean-up as an error does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    tools = Path(os.path.abspath(chosen.tools))
    cast = Cast(os.path.abspath(chosen.binaries), tools)
    started, sections = time.monotonic(), []
    with Database(cast.bundletop.command[0].parent, ROOT / 'examples') as database:
        bench, about = Bench(database, cast, tools), machine.about(database, cast)
        for row in chosen.rows or ROWS:
            print(f'bench: {row}', file=sys.stderr, flush=True)
            sections.append(importlib.import_module(f'rows.{row}').measure(bench))
    about['load average after'] = machine.load()
    about['took'] = f'{time.monotonic() - started:.0f} s'
    text = page(about, sections)
    print(text)
    with open(chosen.output, 'w') as file:
        file.write(text)


if __name__ == '__main__':
    main()
