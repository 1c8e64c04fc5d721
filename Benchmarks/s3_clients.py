"""The S3 clients that are measured: how each sends a folder up, and how each brings a prefix down."""
import os
from dataclasses import dataclass
from pathlib import Path

from database import HERE
from object_store import BUCKET


@dataclass
class S3Client:
    name: str
    # Both take the store, a folder, a prefix with a slash at its end and the names of the files.
    up: object
    down: object


def clients(cast, tools):
    """Ours first."""
    python, aws = (Path(tools) / 's3tools/bin' / name for name in ('python', 'aws'))
    rclone, ours = Path(tools) / 'venv/bin/rclone', cast.bundletop.command[0]
    boto3 = [python, '-B', HERE / 'boto3_client.py']
    copy = [rclone, 'copy', '--quiet', '--transfers', '16', '--checkers', '16']

    def place(prefix):
        return f's3://{BUCKET}/{prefix}'

    return [
        S3Client('bundletop, 16 at a time',
                 lambda store, folder, prefix, names: [
                     ours, 's3', 'put', '--quiet', '--parallel', 16, *(folder / name for name in names),
                     place(prefix)],
                 lambda store, folder, prefix, names: [
                     ours, 's3', 'get', '--quiet', '--parallel', 16, '--recursive', place(prefix), folder]),
        S3Client('curl, 8 at a time',
                 lambda store, folder, prefix, names: curl(store, 'upload-file', folder, prefix, names),
                 lambda store, folder, prefix, names: curl(store, 'output', folder, prefix, names)),
        S3Client('rclone, 16 at a time',
                 lambda store, folder, prefix, names: [*copy, folder, f'store:{BUCKET}/{prefix}'],
                 lambda store, folder, prefix, names: [*copy, f'store:{BUCKET}/{prefix}', folder]),
        S3Client('boto3, 10 at a time',
                 lambda store, folder, prefix, names: [*boto3, 'up', folder, BUCKET, prefix],
                 lambda store, folder, prefix, names: [*boto3, 'down', folder, BUCKET, prefix]),
        S3Client('aws cli, as it comes',
                 lambda store, folder, prefix, names: [
                     aws, 's3', 'cp', '--recursive', '--only-show-errors', folder, place(prefix)],
                 lambda store, folder, prefix, names: [
                     aws, 's3', 'cp', '--recursive', '--only-show-errors', place(prefix), folder])]


def curl(store, option, folder, prefix, names):
    """Signs, but no body: it neither hashes what it sends nor compares what it gets."""
    config = store.scratch / 'curl.conf'
    with open(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w') as file:
        file.write(f'user = "{store.access}:{store.secret}"\naws-sigv4 = "aws:amz:us-east-1:s3"\n'
                   'parallel\nparallel-max = 8\nno-progress-meter\nfail\n')
        for name in names:
            file.write(f'{option} = "{folder / name}"\nurl = "{store.endpoint}/{BUCKET}/{prefix}{name}"\n')
    return ['curl', '--disable', '--config', config]
