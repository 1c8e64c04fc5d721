"""Makes the routes: Dijkstra over a street grid with random travel times, one van after the other.

The output depends on the seed alone. The pace is that of a polite bulk job: a van every fifth of a second, however
fast the machine is.
"""
import heapq
import json
import random
import threading
import time
from pathlib import Path

SIDE = 90  # crossings along one side of the city
VANS = 75
PACE = 0.2  # seconds a van


def city(rng: random.Random) -> dict[tuple[int, int], list[tuple[tuple[int, int], int]]]:
    """Every crossing with its neighbours and the seconds to get there."""
    streets: dict = {(x, y): [] for x in range(SIDE) for y in range(SIDE)}
    for x, y in streets:
        for dx, dy in ((1, 0), (0, 1)):
            other = (x + dx, y + dy)
            if other in streets:
                seconds = 8 + rng.randrange(60)
                streets[x, y].append((other, seconds))
                streets[other].append(((x, y), seconds))
    return streets


def route(streets: dict, start: tuple[int, int], goal: tuple[int, int]) -> tuple[int, list[tuple[int, int]]]:
    best = {start: 0}
    came: dict = {}
    queue = [(0, start)]
    while queue:
        seconds, here = heapq.heappop(queue)
        if here == goal:
            break
        if seconds > best[here]:
            continue
        for there, cost in streets[here]:
            if seconds + cost < best.get(there, 1 << 30):
                best[there] = seconds + cost
                came[there] = here
                heapq.heappush(queue, (seconds + cost, there))
    path = [goal]
    while path[-1] != start:
        path.append(came[path[-1]])
    return best[goal], path[::-1]


def main() -> None:
    rng = random.Random("route-simulator")
    streets = city(rng)
    out = Path("data")
    out.mkdir(exist_ok=True)
    clock = threading.Event()
    began = time.monotonic()
    with (out / "routes.jsonl").open("w", encoding="ascii", newline="\n") as file:
        for van in range(VANS):
            start, goal = [(rng.randrange(SIDE), rng.randrange(SIDE)) for _ in range(2)]
            seconds, path = route(streets, start, goal)
            file.write(json.dumps({"van": van, "seconds": seconds, "path": path}) + "\n")
            print(f"progress {100 * (van + 1) // VANS}% van {van + 1} of {VANS}")
            clock.wait(max(0.0, began + PACE * (van + 1) - time.monotonic()))


main()
