#!/usr/bin/env python3
"""Makes a legacy directory as AppHub's pods left them, with every kind of damage at known places.

    legacy_fixture.py [--count N] [--seed N] [--archive-bytes N] [--sound] DIRECTORY
    legacy_fixture.py --pair DIRECTORY

Beside it, in DIRECTORY.planted.json, it writes what `bundletop migrate plan` has to find, neither more nor less:
{"findings": [{"source", "path", "slug", "kind", "damage"}], "sound": N, "bundles": N}. The same seed gives the
same bytes. --pair makes two directories, DIRECTORY/one and DIRECTORY/two, that share 100 bundles and disagree
about 20 of them. Source of the format: docs/legacy-format.md.
"""
import argparse
import json
import random
import shutil
import sys
from pathlib import Path

import legacy_damage
import legacy_oddities
from legacy_bundle import Bundle, Directory

# Of the bundles that are not damaged: in so many of 100 the last attempt failed.
FAILED = 10


def sound(directory, chance, count, archive_bytes):
    """Bundles that simply become rows, in all the forms that AppHub and its administrators gave them."""
    for number in range(count):
        bundle = Bundle(f'{chance.choice(WORDS)}-{chance.choice(WORDS)}-{number:06}', chance)
        if chance.randrange(100) < FAILED:
            bundle.become('failed', error=chance.choice(ERRORS), jobId=bundle.slug)
        else:
            size = archive_bytes or chance.randrange(200, 2000)
            bundle.archive(chance.randbytes(size))
            bundle.place = chance.choices((1, 2, 3, 4, 5), (90, 4, 2, 2, 2))[0]
        directory.add(bundle)


def planted_text(directory, bundles, sound_count):
    return json.dumps({'findings': sorted(directory, key=lambda one: (one['source'], one['path'])),
                       'bundles': bundles, 'sound': sound_count}, indent=2, ensure_ascii=True) + '\n'


def single(options):
    chance = random.Random(options.seed)
    directory = Directory(options.directory, 'fixture')
    sound_count = options.count
    if not options.sound:
        # Each kind at least twice, and a tenth of a big directory.
        copies = max(2, options.count // 10 // len(legacy_damage.KINDS))
        legacy_damage.plant(directory, chance, copies)
        legacy_oddities.plant(directory, chance, copies)
        sound_count = max(0, options.count - directory.bundles)
    sound(directory, chance, sound_count, options.archive_bytes)
    directory.finish()
    return directory.planted, directory.bundles, directory.bundles - len(directory.damaged)


def pair(options):
    """Two pods' directories: 80 bundles agree, 20 do not, and each has ten that the other never saw."""
    chance = random.Random(options.seed)
    one, two = Directory(options.directory / 'one', 'one'), Directory(options.directory / 'two', 'two')
    for number in range(80):
        bundle = Bundle(f'shared-{number:03}', chance)
        bundle.archive(chance.randbytes(chance.randrange(200, 2000)))
        one.add(bundle)
        two.add(bundle.copy())
    for number in range(20):
        disagree(one, two, f'disputed-{number:03}', number, chance)
    for directory in (one, two):
        sound(directory, chance, 10, options.archive_bytes)
        directory.finish()
    return one.planted + two.planted, 120, 100


def disagree(one, two, slug, number, chance):
    """One of five ways in which two pods differ; the loser is what a plan names."""
    mine = Bundle(slug, chance)
    mine.archive(chance.randbytes(600))
    theirs = mine.copy()
    way = number % 5
    if way in (0, 1):
        newer, older, loser = (mine, theirs, two) if way == 0 else (theirs, mine, one)
        newer.updated += 60_000 + chance.randrange(10 ** 7)
        older.become('failed', error='older') if number >= 10 else older.inputs(chance)
        kind = 'superseded'
    elif way == 2:
        # As new, to the millisecond: the completed one counts.
        mine.become('failed', error='as new')
        loser, kind = one, 'superseded'
    elif way == 3:
        # As new, and completed: the directory that was named first counts.
        theirs.inputs(chance)
        loser, kind = two, 'superseded'
    else:
        theirs.archive(chance.randbytes(600))
        theirs.updated -= 1
        loser, kind = two, 'conflicting-archive'
    one.add(mine)
    two.add(theirs)
    loser.plant(f'status/{slug}.json', slug, kind, ['older', 'newer there', 'tie', 'tie', 'other bytes'][way])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('directory', type=Path)
    parser.add_argument('--count', type=int, default=1000, help='bundles, damaged ones included')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--archive-bytes', type=int, help='of each sound archive; 200 to 2,000 otherwise')
    parser.add_argument('--sound', action='store_true', help='without any damage')
    parser.add_argument('--pair', action='store_true', help='two directories that disagree')
    options = parser.parse_args()
    if options.directory.exists():
        # Only what was made here is made anew.
        if not Path(f'{options.directory}.planted.json').exists():
            sys.exit(f'{options.directory} is there already, and not of this program: nothing was written')
        shutil.rmtree(options.directory)
    planted, bundles, sound_count = pair(options) if options.pair else single(options)
    Path(f'{options.directory}.planted.json').write_text(planted_text(planted, bundles, sound_count))
    print(f'{options.directory}: {bundles} bundles, {len(planted)} findings planted; '
          f'they are listed in {options.directory}.planted.json')


WORDS = ('amber', 'basin', 'cedar', 'delta', 'ember', 'fjord', 'grove', 'haven', 'islet', 'jetty', 'kelp', 'lagoon',
         'mesa', 'north', 'ocean', 'prairie', 'quarry', 'ridge', 'shoal', 'tundra')
ERRORS = ('example bundle packaging failed', 'npm ci exited with 1', 'Manifest validation failed\n/name: required',
          'ENOSPC: no space left on device, write')

if __name__ == '__main__':
    main()
