"""What looks odd in a legacy directory and is sound: a plan must not name any of it."""
import json
import os
from datetime import datetime, timedelta, timezone

from legacy_bundle import Bundle, pretty


def plant(directory, chance, copies):
    """Plants each kind so many times."""
    for name, kind in KINDS.items():
        for number in range(copies):
            bundle = Bundle(f'{name}-{number:04}', chance)
            bundle.archive(chance.randbytes(chance.randrange(200, 2000)))
            kind(directory, bundle, chance)


def changed(**fields):
    """A status with other values in some fields; a value of None leaves the field out."""
    def plant_one(directory, bundle, chance):
        status = bundle.status()
        for field, value in fields.items():
            status[field] = value(bundle) if callable(value) else value
            if status[field] is None:
                del status[field]
        directory.add(bundle, text=pretty(status))
    return plant_one


def told(form):
    """A status whose `updatedAt` has another form."""
    return changed(updatedAt=lambda bundle: form(datetime.fromtimestamp(bundle.updated // 1000, timezone.utc)))


def compact(directory, bundle, chance):
    directory.add(bundle, text=json.dumps(bundle.status(), separators=(',', ':')))


def escaped(directory, bundle, chance):
    """As other JSON writers do it: every character of another alphabet as an escape, slashes too."""
    bundle.fields = {'message': 'Übersetzung nach dist/ fertig 🎉'}
    directory.add(bundle, text=json.dumps(bundle.status(), indent=4).replace('/', '\\/'))


def windows(directory, bundle, chance):
    directory.add(bundle, text=pretty(bundle.status()).replace('\n', '\r\n'))


def placed(place):
    def plant_one(directory, bundle, chance):
        bundle.place = place
        directory.add(bundle)
    return plant_one


def hard_link(directory, bundle, chance):
    directory.add(bundle)
    os.link(directory.path / bundle.archive_path(), directory.path / f'artifacts/.kept-{bundle.slug}')


def member(directory, bundle, chance):
    directory.add_member(bundle, key=f'any key, {bundle.slug}')


def alphabet(directory, bundle, chance):
    bundle.slug = f'größe-{bundle.slug}'
    bundle.filename = f'{bundle.slug}.tgz'
    directory.add(bundle)


def blank_inside(directory, bundle, chance):
    bundle.slug = bundle.slug.replace('-', ' ')
    bundle.filename = f'{bundle.slug}.tgz'
    directory.add(bundle)


def capital_name(directory, bundle, chance):
    """A file that somebody restored under another spelling, alone: its name is the slug, normalised."""
    directory.add(bundle, name=bundle.slug.upper())


def empty_archive(directory, bundle, chance):
    bundle.archive(b'')
    directory.add(bundle)


def long_error(directory, bundle, chance):
    bundle.become('failed', error='npm ERR! ' + 'x' * 100_000 + '\n\x1b[31mred\x1b[0m')
    directory.add(bundle)


KINDS = {
    'date-of-tostring': told(lambda at: at.strftime('%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)')),
    'date-of-toutcstring': told(lambda at: at.strftime('%a, %d %b %Y %H:%M:%S GMT')),
    'date-with-offset': told(lambda at: (at + timedelta(hours=2)).strftime('%Y-%m-%dT%H:%M:%S+02:00')),
    'date-without-fraction': told(lambda at: at.strftime('%Y-%m-%dT%H:%M:%SZ')),
    'date-of-six-digits': told(lambda at: at.strftime('+00%Y-%m-%dT%H:%M:%S.000Z')),
    'date-as-number': changed(updatedAt=lambda bundle: bundle.updated),
    'other-slug-inside': changed(slug='somebody-else'),
    'no-checksum': changed(checksum=None),
    'capital-checksum': changed(checksum=lambda bundle: bundle.status()['checksum'].upper()),
    'more-fields': changed(reference='x@1', nested={'deep': [1, {'deeper': None}]}),
    'no-job': changed(jobId=None, cached=None),
    'compact': compact,
    'escaped': escaped,
    'windows': windows,
    'second-place': placed(2),
    'third-place': placed(3),
    'fourth-place': placed(4),
    'fifth-place': placed(5),
    'hard-link': hard_link,
    'member': member,
    'alphabet': alphabet,
    'blank-inside': blank_inside,
    'capital-name': capital_name,
    'empty-archive': empty_archive,
    'long-error': long_error,
}
