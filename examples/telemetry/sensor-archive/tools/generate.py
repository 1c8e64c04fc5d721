"""Makes the readings: a day and a year curve, a slow drift, and noise that remembers.

The output depends on the seeds alone. The pace is that of a polite bulk job: a day every fifth of a second, however
fast the machine is.
"""
import math
import random
import threading
import time
from pathlib import Path

DAYS = 60
MINUTES = 1440
PACE = 0.2  # seconds a day
SENSORS = {"roof": (9.0, 7.5), "cellar": (11.5, 0.6), "pond": (8.0, 2.2), "attic": (14.0, 9.0)}


def main() -> None:
    out = Path("data")
    out.mkdir(exist_ok=True)
    clock = threading.Event()
    began = time.monotonic()
    noise = {name: random.Random(f"sensor-archive/{name}") for name in SENSORS}
    drift = dict.fromkeys(SENSORS, 0.0)
    files = {name: (out / f"{name}.csv").open("w", encoding="ascii", newline="\n") for name in SENSORS}
    for file in files.values():
        file.write("minute,celsius\n")
    for day in range(DAYS):
        season = 6 * math.sin(2 * math.pi * (day + 20) / 365)
        for name, (base, swing) in SENSORS.items():
            rows = []
            for minute in range(MINUTES):
                # The mean of four uniform numbers is close enough to a bell, and the same on every libm.
                pulse = sum(noise[name].random() for _ in range(4)) / 4 - 0.5
                drift[name] = 0.995 * drift[name] + 0.3 * pulse
                sun = swing * math.sin(2 * math.pi * (minute - 540) / MINUTES)
                rows.append(f"{day * MINUTES + minute},{base + season + sun + drift[name]:.2f}\n")
            files[name].write("".join(rows))
        print(f"progress {100 * (day + 1) // DAYS}% day {day + 1} of {DAYS}")
        clock.wait(max(0.0, began + PACE * (day + 1) - time.monotonic()))
    for file in files.values():
        file.close()


main()
