"""Files up to an object store and down again, by every client in turn."""
import filecmp
import shutil
from dataclasses import dataclass, field

import machine
from errand import run
from object_store import ObjectStore
from report import Section, Verdict
from s3_clients import clients
from samples import median, number, spread

REPEATS = 3
COLUMNS = ['way', 'client', 'seconds', 'CPU s', 'RSS MB', 'time, ours = 1', 'CPU, ours = 1']
UP, DOWN = 'up', 'down'


@dataclass
class Cost:
    seconds: list = field(default_factory=list)
    cpu: list = field(default_factory=list)
    rss: list = field(default_factory=list)

    def add(self, errand):
        self.seconds.append(errand.seconds)
        self.cpu.append(errand.cpu)
        self.rss.append(errand.rss_mb)


def transfers(bench, title, count, size):
    """A section, and what each client cost by way and name; ours is the first."""
    load = machine.load()
    with ObjectStore(bench.cast.rclone) as store:
        them = clients(bench.cast, bench.tools)
        source = store.scratch / 'source'
        names = make(source, count, size)
        found = {(way, client.name): Cost() for way in (UP, DOWN) for client in them}
        for repeat in range(REPEATS):
            for client in them:
                # Each time below a prefix of its own: some clients leave alone what is there already.
                prefix = f'{client.name.split(",")[0].replace(" ", "-")}-{repeat}/'
                found[UP, client.name].add(
                    run(client.up(store, source, prefix, names), store.environment))
            for client in them:
                target = store.scratch / 'target'
                target.mkdir()
                # Ours compares with the SHA-256 that it has stored. The others fetch what has none, because boto3
                # takes this server's SHA-256 of a whole object for that of each range.
                prefix = 'bundletop-0/' if client is them[0] else 'curl-0/'
                found[DOWN, client.name].add(
                    run(client.down(store, target, prefix, names), store.environment))
                same, *other = filecmp.cmpfiles(source, target, names, shallow=False)
                if any(other):
                    raise SystemExit(f'bench: {client.name} brought {len(same)} of {count} files')
                shutil.rmtree(target)
    ours = them[0].name
    section = Section(
        title,
        f'`rclone serve s3` on this machine over a folder in memory; sources and targets are in memory too.'
        f' {REPEATS} runs each, in turn;\nseconds, CPU and memory of the whole client from exec to exit. Ours reads a'
        f' file to hash it, hashes what leaves and asks\nthe server afterwards; what it gets it compares with the'
        f' SHA-256. curl neither hashes nor asks. Load average before: {load}.',
        COLUMNS)
    for (way, name), cost in found.items():
        base = found[way, ours]
        section.rows.append([way, name, spread(cost.seconds), spread(cost.cpu), f'{max(cost.rss):.1f}',
                             f'{median(cost.seconds) / median(base.seconds):.2f}',
                             f'{median(cost.cpu) / median(base.cpu):.2f}'])
    memory = max(found[way, ours].rss[index] for way in (UP, DOWN) for index in range(REPEATS))
    section.verdicts = [Verdict(f'{title}, RSS', '≤ 40 MB', f'{memory:.1f} MB', memory <= 40)]
    return section, {way: {client.name.split(',')[0]: found[way, client.name] for client in them}
                     for way in (UP, DOWN)}


def faster(title, way, costs, peer, least):
    """The verdict on how many times as fast as a peer we are."""
    ratio = median(costs[way][peer].seconds) / median(costs[way]['bundletop'].seconds)
    return Verdict(f'{title} {way}, speed beside {peer}', f'≥ {number(least)}', number(ratio), ratio >= least)


def make(folder, count, size):
    """Files of bytes that nobody can compress; their names."""
    folder.mkdir()
    names = [f'object-{index:05}.bin' for index in range(count)]
    with open('/dev/urandom', 'rb') as random:
        for name in names:
            with open(folder / name, 'wb') as file:
                left = size
                while left > 0:
                    left -= file.write(random.read(min(left, 1 << 20)))
    return names
