"""The pods' status route by FastAPI and asyncpg: the same statement, the same fields, the same kind of token.

    web_twin.py PORT SQL-FILE

Run by the Python that has them; the database is that of libpq's variables, the token BUNDLETOP_TOKEN.
"""
import hashlib
import hmac
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import orjson
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Response

KNOWN = hashlib.sha256(os.environ['BUNDLETOP_TOKEN'].encode()).digest()
STATEMENT = Path(sys.argv[2]).read_text()


@asynccontextmanager
async def lifespan(app):
    async with asyncpg.create_pool(min_size=4, max_size=4) as app.state.pool:
        yield


app = FastAPI(lifespan=lifespan)


def caller(authorization: str = Header(default='')):
    scheme, _, token = authorization.partition(' ')
    if scheme.lower() != 'bearer':
        raise HTTPException(401, 'authorization required')
    if not hmac.compare_digest(hashlib.sha256(token.encode()).digest(), KNOWN):
        raise HTTPException(403, 'forbidden')


@app.get('/examples/bundles/status', dependencies=[Depends(caller)])
async def statuses():
    rows = await app.state.pool.fetch(STATEMENT)
    # The model is passed by, which makes this several times as fast as a response model.
    return Response(orjson.dumps({'data': {'statuses': [status(tuple(row)) for row in rows if row[1] is not None]}}),
                    media_type='application/json', headers={'Cache-Control': 'no-store'})


def status(row):
    (_, slug, fingerprint, stage, state, job, version, checksum, filename, cached, error, message, created, updated,
     completed, attempt, pod, done, total, _,
     artifact, _, archived, _, _, _, kind, key, url, content, size, _, uploaded, _, verified, verification) = row
    link = f'/examples/bundles/{slug}/fingerprints/{archived}/download' if artifact else None
    return {
        'artifactId': artifact, 'artifactUploadedAt': moment(uploaded), 'attempt': attempt, 'bytesDone': done,
        'bytesTotal': total, 'cached': cached, 'checksum': checksum, 'completedAt': moment(completed),
        'contentType': content, 'createdAt': moment(created), 'downloadUrl': link, 'downloadUrlExpiresAt': None,
        'error': error, 'filename': filename, 'fingerprint': fingerprint, 'jobId': job, 'message': message,
        'pod': pod, 'size': size, 'slug': slug, 'stage': stage, 'state': state, 'storageKey': key,
        'storageKind': kind, 'storageUrl': url, 'updatedAt': moment(updated), 'verification': verification,
        'verifiedAt': moment(verified), 'version': version}


def moment(time):
    return time and time.isoformat(timespec='milliseconds').replace('+00:00', 'Z')


if __name__ == '__main__':
    uvicorn.run(app, host='127.0.0.1', port=int(sys.argv[1]), loop='uvloop', http='httptools', log_level='warning',
                access_log=False)
