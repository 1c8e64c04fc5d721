#!/usr/bin/env python3
"""Moves a legacy directory as somebody would who writes a script for it: boto3 with ten threads, psycopg in batches.
Run by a Python that has boto3, and psycopg on its path.

    legacy_peer.py DIRECTORY BUCKET PREFIX

It trusts what it reads, and neither hashes nor looks again.
"""
import concurrent.futures
import json
import os
import sys

import boto3
import psycopg
from botocore.config import Config

THREADS, BATCH = 10, 500
COLUMNS = {'slug': 'slug', 'fingerprint': 'fingerprint', 'stage': 'stage', 'state': 'state', 'jobId': 'job_id',
           'version': 'version', 'checksum': 'checksum', 'filename': 'filename', 'error': 'error',
           'message': 'message', 'updatedAt': 'updated_at', 'createdAt': 'created_at'}
STATUS = (f'insert into example_bundle_status ({", ".join(COLUMNS.values())})'
          f' values ({", ".join(["%s"] * len(COLUMNS))})')
ARTIFACT = """
insert into example_bundle_artifacts
  (id, slug, fingerprint, version, checksum, filename, storage_kind, storage_key, content_type, size)
values (gen_random_uuid()::text, %s, %s, %s, %s, %s, 's3', %s, 'application/gzip', %s)
"""


def main():
    directory, bucket, prefix = sys.argv[1:]
    client = boto3.client('s3', config=Config(max_pool_connections=THREADS))
    statuses, artifacts = [], []
    with psycopg.connect(os.environ['DATABASE_URL']) as connection, \
            concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        uploads = []
        for entry in os.scandir(os.path.join(directory, 'status')):
            with open(entry.path) as file:
                status = json.load(file)
            statuses.append([status.get(name) for name in COLUMNS])
            if status['state'] == 'completed':
                key = f'{status["slug"]}/{status["fingerprint"]}/{status["filename"]}'
                path = os.path.join(directory, 'artifacts', key)
                uploads.append(pool.submit(client.upload_file, path, bucket, prefix + key))
                artifacts.append([status['slug'], status['fingerprint'], status['version'], status['checksum'],
                                  status['filename'], prefix + key, os.path.getsize(path)])
        for each in uploads:
            each.result()
        for statement, rows in ((ARTIFACT, artifacts), (STATUS, statuses)):
            for first in range(0, len(rows), BATCH):
                connection.cursor().executemany(statement, rows[first:first + BATCH])


if __name__ == '__main__':
    main()
