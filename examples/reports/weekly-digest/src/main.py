"""Writes a digest of events: python3 main.py < sample-input.json"""
import json
import sys
from collections import Counter
from datetime import datetime


def digest(events: list[dict]) -> str:
    """One line a day, the busiest first, then by date."""
    days: dict[str, Counter] = {}
    for event in events:
        moment = datetime.fromisoformat(event["at"])
        days.setdefault(moment.strftime("%Y-%m-%d (%A)"), Counter())[event["kind"]] += 1
    lines = []
    for day, kinds in sorted(days.items(), key=lambda item: (-item[1].total(), item[0])):
        parts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items(), key=lambda i: (-i[1], i[0])))
        lines.append(f"- {day}: {parts}")
    return "\n".join(lines) or "Nothing happened."


def handler(context: dict) -> dict:
    return {"status": "succeeded", "result": {"digest": digest(context["parameters"].get("events", []))}}


if __name__ == "__main__":
    print(handler({"parameters": json.load(sys.stdin)})["result"]["digest"])
