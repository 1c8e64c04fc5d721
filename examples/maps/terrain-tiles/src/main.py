"""Looks up a height: python3 main.py < sample-input.json"""
import json
import struct
import sys
from pathlib import Path

TILES = Path(__file__).resolve().parent.parent / "tiles"


def handler(context: dict) -> dict:
    """The height, in millimetres above the lowest point of the map, at a grid position."""
    index = json.loads((TILES / "index.json").read_text(encoding="ascii"))
    x, y = int(context["parameters"]["x"]), int(context["parameters"]["y"])
    edge = index["edge"]
    name = f"{y // edge}-{x // edge}.u16"
    if name not in index["tiles"]:
        return {"status": "failed", "result": {"error": f"({x}, {y}) is not on the map"}}
    with (TILES / name).open("rb") as file:
        file.seek(2 * ((y % edge) * edge + x % edge))
        (height,) = struct.unpack("<H", file.read(2))
    return {"status": "succeeded", "result": {"height": height}}


if __name__ == "__main__":
    json.dump(handler({"parameters": json.load(sys.stdin)}), sys.stdout, indent=2)
