"""Audits a folder against its SHA-256 list: python3 main.py < sample-input.json"""
import json
import sys
from pathlib import Path

from digest import digest, read_list


def handler(context: dict) -> dict:
    parameters = context["parameters"]
    folder, list_path = Path(parameters["folder"]), Path(parameters["list"])
    wanted = read_list(list_path.read_text(encoding="utf-8"))
    present = {
        str(path.relative_to(folder)): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != list_path
    }
    changed = [name for name in sorted(wanted.keys() & present.keys()) if digest(present[name]) != wanted[name]]
    missing = sorted(wanted.keys() - present.keys())
    new = sorted(present.keys() - wanted.keys())
    status = "failed" if changed or missing else "succeeded"
    return {"status": status, "result": {"changed": changed, "missing": missing, "new": new}}


if __name__ == "__main__":
    json.dump(handler({"parameters": json.load(sys.stdin)}), sys.stdout, indent=2)
