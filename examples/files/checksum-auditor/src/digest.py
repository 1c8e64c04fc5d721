"""SHA-256 lists as sha256sum writes them."""
import hashlib
from pathlib import Path


def read_list(text: str) -> dict[str, str]:
    """Maps file names to digests; `*name` marks a binary read and means the same file."""
    out = {}
    for line in text.splitlines():
        digest, _, name = line.partition(" ")
        name = name.lstrip(" *")
        if len(digest) == 64 and name:
            out[name] = digest.lower()
    return out


def digest(path: Path) -> str:
    """Hashes a file in constant memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
