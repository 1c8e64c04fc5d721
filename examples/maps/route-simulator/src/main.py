"""Names the vans with the longest routes: python3 main.py < sample-input.json"""
import json
import sys
from pathlib import Path

ROUTES = Path(__file__).resolve().parent.parent / "data" / "routes.jsonl"


def handler(context: dict) -> dict:
    count = int(context["parameters"].get("vans", 3))
    with ROUTES.open(encoding="ascii") as file:
        routes = [json.loads(line) for line in file]
    routes.sort(key=lambda route: (-route["seconds"], route["van"]))
    return {"status": "succeeded", "result": {"longest": [(r["van"], r["seconds"]) for r in routes[:count]]}}


if __name__ == "__main__":
    json.dump(handler({"parameters": json.load(sys.stdin)}), sys.stdout, indent=2)
