"""Signed URLs a second on one core."""
import json

import machine
from errand import run
from report import Section, Verdict
from samples import median, number, spread

REPEATS = 3
LINES = 100_000
IN_PROCESS = 300_000
PEER = 5_000
# Anybody's: nothing is sent.
KEYS = {'AWS_ACCESS_KEY_ID': 'AKIDEXAMPLE', 'AWS_SECRET_ACCESS_KEY': 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
        'AWS_REGION': 'us-east-1', 'AWS_DEFAULT_REGION': 'us-east-1', 'AWS_CONFIG_FILE': '/dev/null',
        'AWS_SHARED_CREDENTIALS_FILE': '/dev/null', 'PATH': '/usr/bin:/bin', 'LANG': 'C.UTF-8'}


def measure(bench):
    section = Section(
        'Signed URLs',
        f'GET URLs of different keys, valid for 300 s, by processor time. In a loop: {IN_PROCESS:,} by the library'
        f' alone, {PEER:,} by boto3.\nThe command reads {LINES:,} lines of JSON and writes as many URLs; the same with'
        f' no lines, its start, is taken off.\n{REPEATS} runs each, in turn. Load average before: {machine.load()}.',
        ['what', 'URLs/s', 'ours = 1'])
    command = [bench.cast.bundletop.command[0], 's3', 'presign', '--batch']
    lines = bench.database.scratch / 'presign.jsonl'
    with open(lines, 'w') as file:
        for index in range(LINES):
            file.write(json.dumps({'bucket': 'bucket', 'key': f'bundles/example-{index}/1.0.0/bundle.tar.gz',
                                   'expires': 300}) + '\n')
    python = bench.tools / 's3tools/bin/python'
    loop, batch, peer = [], [], []
    for _ in range(REPEATS):
        loop.append(first(run([bench.cast.rates, 'presign', IN_PROCESS], KEYS)))
        start = run(command, KEYS).cpu
        written = run(command, KEYS, feed=lines)
        if written.output.count('X-Amz-Signature=') != LINES:
            raise SystemExit('bench: presign --batch did not sign every line')
        batch.append(LINES / (written.cpu - start))
        peer.append(first(run([python, '-B', bench.here / 'boto3_client.py', 'presign', PEER], KEYS)))
    for name, values in (('bundletop, in a loop', loop), ('`bundletop s3 presign --batch`', batch),
                         ('boto3, in a loop', peer)):
        section.rows.append([name, spread([round(value) for value in values]),
                             f'{median(values) / median(loop):.4f}'])
    rate = median(loop)
    section.verdicts = [Verdict('signed URLs on one core', '≥ 200,000/s', f'{number(rate)}/s', rate >= 200_000)]
    return section


def first(errand):
    """The rate that a program printed."""
    return int(errand.output.split()[0])
