"""Answers questions about the archived readings: python3 main.py < sample-input.json"""
import json
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


def handler(context: dict) -> dict:
    """Minimum, maximum and mean of one sensor's day."""
    sensor, day = context["parameters"]["sensor"], int(context["parameters"]["day"])
    with (DATA / f"{sensor}.csv").open(encoding="ascii") as file:
        next(file)
        values = [float(value) for at, value in (line.split(",") for line in file) if int(at) // 1440 == day]
    if not values:
        return {"status": "failed", "result": {"error": f"no readings of {sensor} on day {day}"}}
    mean = round(sum(values) / len(values), 3)
    return {"status": "succeeded", "result": {"count": len(values), "min": min(values), "max": max(values), "mean": mean}}


if __name__ == "__main__":
    json.dump(handler({"parameters": json.load(sys.stdin)}), sys.stdout, indent=2)
