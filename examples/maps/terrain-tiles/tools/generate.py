"""Makes the tiles: 724 x 724 heights of 16 bits each, white terrain from SHAKE-256, so that nothing compresses.

The output depends on the tile's place alone.
"""
import hashlib
import json
from pathlib import Path

GRID = 6
EDGE = 724


def main() -> None:
    out = Path("tiles")
    out.mkdir(exist_ok=True)
    tiles = {}
    for number in range(GRID * GRID):
        row, column = divmod(number, GRID)
        name = f"{row}-{column}.u16"
        heights = hashlib.shake_256(f"terrain-tiles/{row}/{column}".encode()).digest(2 * EDGE * EDGE)
        (out / name).write_bytes(heights)
        tiles[name] = hashlib.sha256(heights).hexdigest()
        print(f"progress {100 * (number + 1) // (GRID * GRID)}% tile {name}")
    (out / "index.json").write_text(json.dumps({"edge": EDGE, "tiles": tiles}, indent=2) + "\n", encoding="ascii")


main()
