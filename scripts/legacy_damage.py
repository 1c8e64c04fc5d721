"""Every kind of damage that a legacy directory was ever seen with, or that somebody might plant."""
import json
import os

from legacy_bundle import Bundle, moment, pretty

OUTSIDE = '/etc/passwd'


def completed(slug, chance):
    bundle = Bundle(slug, chance)
    bundle.archive(chance.randbytes(chance.randrange(200, 2000)))
    return bundle


def plant(directory, chance, copies):
    """Plants each kind so many times."""
    for name, kind in KINDS.items():
        for number in range(copies):
            kind(directory, f'{name}-{number:04}', name, chance)


def text_damage(kind, change):
    """A status file whose bytes are another: `change` gets the sound text and the bundle."""
    def plant_one(directory, slug, name, chance):
        bundle = Bundle(slug, chance)
        path = directory.add(bundle, text=change(pretty(bundle.status()), bundle, chance))
        directory.plant(path, slug, kind, name)
        directory.slugs.discard(slug)
    return plant_one


def field_damage(kind='invalid', **fields):
    """A status in which fields have other values; a value of None leaves the field out."""
    def change(text, bundle, chance):
        status = bundle.status()
        for field, value in fields.items():
            status.pop(field, None)
            if value is not None:
                status[field] = value
        return pretty(status)
    return text_damage(kind, change)


def odd_file(make):
    """Something that is no file where a status should be."""
    def plant_one(directory, slug, name, chance):
        path = f'status/{slug}.json'
        make(directory.path / path, directory.path)
        directory.plant(path, slug, 'invalid', name)
    return plant_one


def archive_damage(kind, change):
    """A completed status with trouble in its archive: `change` gets the directory, after status and archive."""
    def plant_one(directory, slug, name, chance):
        bundle = completed(slug, chance)
        status = bundle.status()
        change(bundle, status, directory, chance)
        path = directory.add(bundle, text=pretty(status))
        directory.plant(path, slug, kind, name)
    return plant_one


def lose(bundle, status, directory, chance):
    bundle.bytes = None


def lose_and_forget(bundle, status, directory, chance):
    bundle.bytes = None
    del status['checksum']


def flip(bundle, status, directory, chance):
    data = bytearray(bundle.bytes)
    data[len(data) // 2] ^= 1
    bundle.bytes = bytes(data)


def cut(bundle, status, directory, chance):
    bundle.bytes = bundle.bytes[:-1]


def record_nonsense(bundle, status, directory, chance):
    status['checksum'] = 'md5:d41d8cd98f00b204e9800998ecf8427e'


def name_outside(filename):
    def change(bundle, status, directory, chance):
        bundle.bytes, status['filename'] = None, filename
    return change


def fingerprint_outside(bundle, status, directory, chance):
    bundle.bytes, status['fingerprint'] = None, '..'


def link_file(bundle, status, directory, chance):
    place = directory.path / bundle.archive_path()
    bundle.bytes = None
    place.parent.mkdir(parents=True)
    place.symlink_to(OUTSIDE)


def link_folder(bundle, status, directory, chance):
    bundle.bytes = None
    (directory.path / 'artifacts').mkdir(exist_ok=True)
    (directory.path / 'artifacts' / bundle.slug).symlink_to('/etc')


def pipe(bundle, status, directory, chance):
    place = directory.path / bundle.archive_path()
    bundle.bytes = None
    place.parent.mkdir(parents=True)
    os.mkfifo(place)


def interrupted(stage):
    def plant_one(directory, slug, name, chance):
        bundle = Bundle(slug, chance)
        bundle.become(stage, message=f'{stage} …')
        directory.plant(directory.add(bundle), slug, 'interrupted', name)
    return plant_one


def member_beside_file(days):
    """The same slug in the older map, so many days newer; the file counts all the same."""
    def plant_one(directory, slug, name, chance):
        bundle = completed(slug, chance)
        directory.add(bundle)
        member = bundle.copy()
        member.updated += days * 86_400_000
        member.bytes = bundle.bytes
        directory.plant(directory.add_member(member, key=f'key of {slug}'), slug, 'duplicate', name)
    return plant_one


def two_members(directory, slug, name, chance):
    older, newer = Bundle(slug, chance), completed(slug, chance)
    older.become('failed', error='older')
    older.updated = newer.updated - 1
    directory.plant(directory.add_member(older, key=f'{slug} (old)'), slug, 'duplicate', name)
    directory.add_member(newer)


def other_spelling(spell):
    """Two files whose names are one slug; the older one loses."""
    def plant_one(directory, slug, name, chance):
        newer = completed(slug, chance)
        directory.add(newer)
        older = Bundle(slug, chance)
        older.become('failed', error='older')
        older.updated = newer.updated - 1000
        directory.plant(directory.add(older, name=spell(slug)), slug, 'duplicate', name)
    return plant_one


def member_damage(value):
    def plant_one(directory, slug, name, chance):
        directory.members[slug] = value
        directory.plant(f'status.json#{slug}', slug, 'invalid', name)
    return plant_one


def deep(text, bundle, chance):
    return text.rstrip()[:-1].rstrip() + ',\n  "extra": ' + '[' * 2000 + ']' * 2000 + '\n}\n'


def twice(name):
    """The same member again, with another value."""
    return lambda text, bundle, chance: text.rstrip()[:-1].rstrip() + f',\n  "{name}": "failed"\n}}\n'


KINDS = {
    'empty': text_damage('invalid', lambda *_: ''),
    'blank': text_damage('invalid', lambda *_: ' \n\n'),
    'truncated': text_damage('invalid', lambda text, *_: text[:len(text) // 2]),
    'zeroed': text_damage('invalid', lambda text, *_: '\0' * len(text)),
    'trailing': text_damage('invalid', lambda text, *_: text + text),
    'byte-order-mark': text_damage('invalid', lambda text, *_: b'\xef\xbb\xbf' + text.encode()),
    'utf-16': text_damage('invalid', lambda text, *_: text.encode('utf-16')),
    'not-utf-8': text_damage('invalid', lambda text, *_: text.encode().replace(b'"message": null',
                                                                              b'"message": "\xe9t\xe9"')),
    'deep': text_damage('invalid', deep),
    'huge': text_damage('invalid', lambda text, *_: text + ' ' * (300 << 10)),
    'array': text_damage('invalid', lambda text, *_: f'[{text}]'),
    'string': text_damage('invalid', lambda text, *_: json.dumps(text)),
    'twice': text_damage('invalid', twice('stage')),
    'twice-by-escape': text_damage('invalid', twice('st\\u0061ge')),
    'no-slug': field_damage(slug=None),
    'no-fingerprint': field_damage(fingerprint=None),
    'no-stage': field_damage(stage=None),
    'no-state': field_damage(state=None),
    'no-updated': field_damage(updatedAt=None),
    'no-created': field_damage(createdAt=None),
    'number-for-slug': field_damage(slug=5),
    'list-for-version': field_damage(version=['1.0.0']),
    'text-for-cached': field_damage(cached='yes'),
    'yesterday': field_damage(updatedAt='yesterday'),
    'no-zone': field_damage(updatedAt='2025-06-01T10:00:00'),
    'thirteenth-month': field_damage(createdAt='2025-13-01T10:00:00.000Z'),
    'nul': field_damage(fingerprint='abc\0def'),
    'link': odd_file(lambda path, root: path.symlink_to(OUTSIDE)),
    'dangling-link': odd_file(lambda path, root: path.symlink_to('nowhere.json')),
    'folder': odd_file(lambda path, root: path.mkdir()),
    'pipe': odd_file(lambda path, root: os.mkfifo(path)),
    'member-no-object': member_damage('completed'),
    'member-no-fingerprint': member_damage({'slug': 'member-no-fingerprint', 'stage': 'failed',
                                            'updatedAt': moment(1_735_689_600_000)}),
    'lost': archive_damage('archive-missing', lose),
    'lost-and-forgotten': archive_damage('archive-missing', lose_and_forget),
    'flipped-bit': archive_damage('checksum-mismatch', flip),
    'cut-off': archive_damage('checksum-mismatch', cut),
    'nonsense-recorded': archive_damage('checksum-mismatch', record_nonsense),
    'dots': archive_damage('unsafe-path', name_outside('../../../../etc/passwd')),
    'absolute': archive_damage('unsafe-path', name_outside(OUTSIDE)),
    'below': archive_damage('unsafe-path', name_outside('inner/archive.tgz')),
    'dots-for-fingerprint': archive_damage('unsafe-path', fingerprint_outside),
    'linked-archive': archive_damage('unsafe-path', link_file),
    'linked-folder': archive_damage('unsafe-path', link_folder),
    'piped-archive': archive_damage('unsafe-path', pipe),
    'was-queued': interrupted('queued'),
    'was-resolving': interrupted('resolving'),
    'was-installing': interrupted('installing-dependencies'),
    'was-packaging': interrupted('packaging'),
    'older-member': member_beside_file(-1),
    'newer-member': member_beside_file(1),
    'two-members': two_members,
    'capitals': other_spelling(str.upper),
    'leading-blank': other_spelling(lambda slug: f' {slug}'),
}
