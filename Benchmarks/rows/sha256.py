"""How fast SHA-256 runs on one core."""
import re

import machine
from errand import run
from report import Section, Verdict
from samples import median, spread

REPEATS = 5
BYTES = 2_000_000_000
BLOCKS = (16 * 1024, 256 * 1024)


def measure(bench):
    section = Section(
        'SHA-256',
        f'Bytes hashed a second of processor time, in blocks of one size: ours hashes {BYTES / 1e9:.0f} GB,'
        f' `openssl speed` for a second.\n{REPEATS} runs each, in turn. Load average before: {machine.load()}.',
        ['block', 'bundletop GB/s', 'openssl GB/s', 'ours / openssl'])
    environment = {'PATH': '/usr/local/bin:/usr/bin:/bin', 'LANG': 'C'}
    for block in BLOCKS:
        ours, openssl = [], []
        for _ in range(REPEATS):
            ours.append(int(run([bench.cast.rates, 'sha256', block, BYTES], environment).output.split()[0]) / 1e9)
            openssl.append(speed(run(
                ['openssl', 'speed', '-mr', '-seconds', '1', '-bytes', block, '-evp', 'sha256'], environment)))
        ratio = median(ours) / median(openssl)
        section.rows.append([f'{block // 1024} KiB', spread(ours), spread(openssl), f'{ratio:.3f}'])
        section.verdicts.append(Verdict(
            f'SHA-256 beside openssl speed, {block // 1024} KiB', '≥ 95 %', f'{ratio * 100:.1f} %', ratio >= 0.95))
    return section


def speed(errand):
    """GB/s from a line like `+F:25:sha256:1756307456.00`."""
    found = re.search(r'^\+F:\d+:[^:]+:([\d.]+)', errand.output, re.MULTILINE)
    if not found:
        raise SystemExit('bench: openssl speed said nothing that is understood: ' + errand.output[-500:])
    return float(found.group(1)) / 1e9
