#!/usr/bin/env python3
"""Writes botocore.jsonl: what botocore signs for a few hundred random requests. The same file on every run.

    python3 -m venv venv && venv/bin/pip install botocore && venv/bin/python generate.py > botocore.jsonl

The first line holds what the others name by number. `form` says which way is signed:
  headers    the Authorization field; `expect` is its signature
  presigned  the query; `expect` is the SHA-256 of the URL, parameters sorted and the signature last
  generic    as `headers`, by the rules of services that normalise paths
botocore's own presigning keeps only the first of repeated parameters, so its parts are used one by one.
"""
import hashlib
import json
import random
import sys
from urllib.parse import quote

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

chance = random.Random(20260102)

ACCESS = ["AKIDEXAMPLE", "test:tester", "a/b+c=d"]
SECRETS = ["wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "s", "secret with ünï and blanks " * 4]
TOKENS = [None, "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW==", "ä b&c"]
REGIONS = ["us-east-1", "eu-central-1", "région 1"]
MOMENTS = ["20130524T000000Z", "20260102T030405Z", "19991231T235959Z", "20240229T120000Z"]
PATH_ENDPOINTS = [
    "http://127.0.0.1:9000", "https://s3.eu-central-1.amazonaws.com", "http://[::1]:9000", "https://[2001:db8::7]",
    "HTTPS://Minio.Example.ORG:443", "http://minio:80", "https://minio:80", "http://UPPER:443/",
]
HOST_ENDPOINTS = ["https://s3.amazonaws.com", "http://Minio.Example:9000", "https://h:8443", "http://localhost:80"]
ODD = list("+%=&?#;:@$,!'()*~ \\\"<>`{}|^[]-_.") + [
    "%2F", "%25", "%", "//", "/./", "/../", "..", "é", "e\u0301", "ß", "\u212b", "한", "\u1112\u1161", "😀",
    "\U0010FFFD", "\ufffd", "\ufeff", "\u200d", "\x00", "\x01", "\t", "\n", "\r", "\x1f", "\x7f", "\x85",
]
PLAIN = list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/")


def text(longest, odd=0.4, pool=ODD):
    """Random text of 1 to `longest` bytes."""
    out = ""
    for _ in range(chance.randint(1, longest)):
        piece = chance.choice(pool if chance.random() < odd else PLAIN)
        if len((out + piece).encode()) > longest:
            break
        out += piece
    return out or "k"


def key():
    kind = chance.random()
    if kind < 0.03:
        key = text(1024, 0.1)
        return key + "k" * (1024 - len(key.encode()))
    if kind < 0.2:
        return chance.choice("/ // . .. ./x ../x a/../b a//b a/./b /a a/ + % %2F".split() + [" "])
    return text(chance.choice([4, 12, 40]))


def parameters():
    names = "versionId response-content-type A a X-Amz-Extra é partNumber ~ Z/z uploads".split() + ["x id"]
    out = []
    for _ in range(chance.choice([0, 0, 1, 2, 3, 6])):
        name = chance.choice(names) if chance.random() < 0.8 else text(10)
        out.append([name, None if chance.random() < 0.2 else "" if chance.random() < 0.1 else text(20)])
    if out and chance.random() < 0.3:
        out.append([out[0][0], text(6)])
    return out


def value():
    known = ["a", "bytes=0-9", "x,y", "\"a  b\"", "é", "😀", "=", "text/plain; q=1"]
    words = [chance.choice(known) for _ in range(chance.randint(0, 4))]
    return chance.choice(["", " ", "\t  "]) + chance.choice([" ", "  ", " \t "]).join(words) + chance.choice(["", "  "])


def fields(names, most):
    out = [[chance.choice(names), value()] for _ in range(chance.choice(range(most + 1)))]
    if out and chance.random() < 0.3:
        out.append([out[0][0].upper(), value()])
    return out


def encode(value, keep=""):
    return quote(value.encode(), safe="-_.~" + keep)


def place(vector):
    """The URL without its query."""
    scheme, authority = vector["endpoint"].lower().rstrip("/").split("://")
    port = {"http": ":80", "https": ":443"}[scheme]
    if authority.endswith(port):
        authority = authority[: -len(port)]
    path = "/" + encode(vector["key"], "/")
    if vector["style"] == "path":
        path = "/" + vector["bucket"] + path
    else:
        authority = vector["bucket"] + "." + authority
    return scheme + "://" + authority + path


def request(vector, query, headers):
    url = place(vector) + ("?" + query if query else "")
    made = AWSRequest(method=vector["method"], url=url)
    for name, content in headers:
        made.headers[name] = content  # adds, never replaces
    made.context["timestamp"] = vector["moment"]
    return made


def sorted_query(pairs):
    return "&".join(f"{name}={content}" for name, content in sorted((encode(n), encode(v or "")) for n, v in pairs))


def sign(vector):
    access, secret, token = ACCESS[vector["access"]], SECRETS[vector["secret"]], TOKENS[vector["token"]]
    region, vector["moment"] = REGIONS[vector["region"]], MOMENTS[vector["at"]]
    service = "execute-api" if vector["form"] == "generic" else "s3"
    kind = {"headers": S3SigV4Auth, "presigned": S3SigV4QueryAuth, "generic": SigV4Auth}[vector["form"]]
    auth = kind(Credentials(access, secret, token), service, region)
    signs_token = token is not None and not vector["late"]
    headers = list(vector["headers"])
    if vector["form"] == "presigned":
        names = auth.signed_headers(auth.headers_to_sign(request(vector, "", headers)))
        pairs = vector["query"] + [
            ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"], ["X-Amz-Date", vector["moment"]],
            ["X-Amz-Credential", f"{access}/{vector['moment'][:8]}/{region}/{service}/aws4_request"],
            ["X-Amz-Expires", str(vector["expires"])], ["X-Amz-SignedHeaders", names],
        ] + ([["X-Amz-Security-Token", token]] if signs_token else [])
    else:
        pairs = vector["query"]
        headers += [["x-amz-date", vector["moment"]], ["x-amz-content-sha256", vector["hash"]]]
        headers += [["x-amz-security-token", token]] if signs_token else []
    made = request(vector, sorted_query(pairs), headers)
    signature = auth.signature(auth.string_to_sign(made, auth.canonical_request(made)), made)
    del vector["moment"]
    if vector["form"] != "presigned":
        return signature
    url = made.url + "&X-Amz-Signature=" + signature
    if token is not None and vector["late"]:
        url += "&X-Amz-Security-Token=" + encode(token)
    return hashlib.sha256(url.encode()).hexdigest()


def vector(form):
    style = chance.choice(["path", "path", "virtual"])
    signed = ["Content-Type", "Range", "content-md5", "Date", "x-amz-meta-a", "X-Amz-Storage-Class", "x-amz-meta-Z"]
    out = {
        "form": form, "style": style, "bucket": chance.choice(["bucket", "my-bucket-1"]), "key": key(),
        "endpoint": chance.choice(PATH_ENDPOINTS if style == "path" else HOST_ENDPOINTS),
        "method": chance.choice(["GET", "PUT", "HEAD", "DELETE", "POST"]), "query": parameters(),
        "access": chance.randrange(3), "secret": chance.randrange(3), "token": chance.choice([0, 0, 1, 2]),
        "region": chance.randrange(3), "at": chance.randrange(4), "late": chance.random() < 0.15,
    }
    if form == "presigned":
        out["expires"] = chance.choice([1, 60, 3600, 604800])
        out["headers"] = fields(signed + ["If-None-Match", "origin"], 4)
        if chance.random() < 0.3:
            out["headers"].append(["X-Amz-Content-SHA256", hashlib.sha256(text(9).encode()).hexdigest()])
    else:
        out["hash"] = hashlib.sha256(text(9).encode()).hexdigest()
        out["headers"] = fields(signed + ["Expect", "User-Agent", "X-Amzn-Trace-Id"], 5)
    expect = sign(out)
    return {name: content for name, content in out.items() if content not in ([], 0, False)} | {"expect": expect}


def line(content):
    print(json.dumps(content, separators=(",", ":")))


line({"access": ACCESS, "secrets": SECRETS, "tokens": TOKENS, "regions": REGIONS, "moments": MOMENTS})
for form, count in [("headers", 100), ("presigned", 140), ("generic", 50)]:
    for _ in range(count):
        line(vector(form))
sys.stdout.flush()
