#!/usr/bin/env python3
"""boto3 as somebody uses it who wants it fast: one client, ten threads. Run by the Python that has boto3.

    boto3_client.py up FOLDER BUCKET PREFIX
    boto3_client.py down FOLDER BUCKET PREFIX
    boto3_client.py presign COUNT
"""
import concurrent.futures
import os
import sys
import time

import boto3
from botocore.config import Config

THREADS = 10


def main():
    # Left to itself it signs URLs by the old version 2.
    client = boto3.client('s3', config=Config(max_pool_connections=THREADS, signature_version='s3v4'))
    if sys.argv[1] == 'presign':
        return presign(client, int(sys.argv[2]))
    way, folder, bucket, prefix = sys.argv[1:]
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        if way == 'up':
            work = [pool.submit(client.upload_file, os.path.join(folder, name), bucket, prefix + name)
                    for name in os.listdir(folder)]
        else:
            pages = client.get_paginator('list_objects_v2').paginate(Bucket=bucket, Prefix=prefix)
            work = [pool.submit(client.download_file, bucket, found['Key'],
                                os.path.join(folder, found['Key'].removeprefix(prefix)))
                    for page in pages for found in page['Contents']]
        for each in work:
            each.result()


def presign(client, count):
    """Prints URLs a second of processor time, and the bytes of one."""
    begin, size = time.process_time(), 0
    for index in range(count):
        size += len(client.generate_presigned_url(
            'get_object', Params={'Bucket': 'bucket', 'Key': f'bundles/example-{index}/1.0.0/bundle.tar.gz'},
            ExpiresIn=300))
    print(int(count / (time.process_time() - begin)), size // count)


if __name__ == '__main__':
    main()
