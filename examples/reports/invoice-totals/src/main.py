"""Totals of invoice lines: python3 main.py < sample-input.json"""
import json
import sys
from decimal import Decimal

from money import tax


def handler(context: dict) -> dict:
    net: dict[tuple[str, Decimal], Decimal] = {}
    for line in context["parameters"].get("lines", []):
        key = (line["currency"], Decimal(line["rate"]))
        net[key] = net.get(key, Decimal(0)) + Decimal(line["net"])
    totals = [
        {
            "currency": currency,
            "rate": str(rate),
            "net": str(amount),
            "tax": str(tax(amount, rate)),
            "gross": str(amount + tax(amount, rate)),
        }
        for (currency, rate), amount in sorted(net.items())
    ]
    return {"status": "succeeded", "result": {"totals": totals}}


if __name__ == "__main__":
    json.dump(handler({"parameters": json.load(sys.stdin)}), sys.stdout, indent=2)
