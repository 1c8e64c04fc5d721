#!/usr/bin/env python3
"""What a terminal program costs: runs it on a pseudo-terminal and prints one line of JSON.

usage: ptymeas.py [options] LABEL COMMAND [ARGUMENT...]

The span measured begins after a warm-up, so that start and idling are told apart:

  first_byte_ms       from just before fork to the first byte on the terminal
  warm_bytes, warm_cpu_s
                      what the warm-up wrote and used
  bytes_per_s, bursts_per_s
                      written in the span; a burst is a write at least 50 ms after the one before
  cpu_s_per_min       from the threads' schedstat: fine, but threads that have ended are forgotten
  cpu_ticks_s_per_min from the process's stat: coarse (10 ms), but complete
  switches_per_s      context switches, voluntary and not: how often the program wakes up
  memory_kb           Rss, Pss, Private_Dirty, Anonymous (smaps_rollup), VmHWM, Threads (status) at the end

Exit status 1, and "died": true, when the program ended before the span did.
"""
import argparse
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

BURST_GAP = 0.05
# Programs that ask what they run on wait for an answer; these are a plain xterm's.
ANSWERS = {b"\x1b[c": b"\x1b[?62;22c", b"\x1b[6n": b"\x1b[1;1R"}


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10, help="length of the measured span")
    parser.add_argument("--warm", type=float, default=3, help="seconds before the span")
    parser.add_argument("--size", default="120x40", help="COLUMNSxROWS")
    parser.add_argument("--term", default="xterm-256color", help="TERM of the program")
    parser.add_argument("--keys", default="", help=r"sent a second after the start; Python escapes, e.g. 'j\x1b[B'")
    parser.add_argument("--record", help="file that receives every byte the program writes")
    parser.add_argument("label")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if not options.command:
        parser.error("no command")
    return options


class Process:
    """One process as proc(5) shows it."""

    def __init__(self, pid):
        self.pid = pid

    def lines(self, name):
        try:
            with open(f"/proc/{self.pid}/{name}") as file:
                return file.read().splitlines()
        except OSError:
            return []

    def thread_lines(self, name):
        try:
            threads = os.listdir(f"/proc/{self.pid}/task")
        except OSError:
            return []
        return [line for thread in threads for line in self.lines(f"task/{thread}/{name}")]

    def sample(self):
        """CPU and context switches so far, None when the process is gone."""
        stat = self.lines("stat")
        if not stat:
            return None
        fields = stat[0].rsplit(")", 1)[1].split()
        if fields[0] == "Z":
            return None
        return {
            "at": time.monotonic(),
            "ticks": (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"),
            "cpu": sum(int(line.split()[0]) for line in self.thread_lines("schedstat")) / 1e9,
            "switches": sum(int(line.split()[1]) for line in self.thread_lines("status") if "ctxt_switches" in line),
        }

    def memory(self):
        wanted = ("Rss", "Pss", "Private_Dirty", "Anonymous", "VmHWM", "Threads")
        pairs = (line.split() for line in self.lines("smaps_rollup") + self.lines("status"))
        return {words[0][:-1]: int(words[1]) for words in pairs if words and words[0][:-1] in wanted}


def start(options):
    columns, rows = map(int, options.size.split("x"))
    began = time.monotonic()
    pid, terminal = pty.fork()
    if pid == 0:
        # Before exec, or the program would see a resize.
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        os.environ.update(TERM=options.term, LC_ALL="C.UTF-8", COLORTERM="truecolor")
        try:
            os.execvp(options.command[0], options.command)
        except OSError as error:
            os.write(2, f"{options.command[0]}: {error.strerror}\n".encode())
            os._exit(127)
    return began, pid, terminal


def end(pid):
    """Ends the process for certain, politely first."""
    for number, patience in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 5.0)):
        os.kill(pid, number)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return
            time.sleep(0.02)


def measure(options):
    keys = options.keys.encode().decode("unicode_escape").encode("latin-1")
    record = open(options.record, "wb") if options.record else None
    began, pid, terminal = start(options)
    process = Process(pid)
    total = bursts = 0
    first_byte = base = None
    last_read = 0.0
    try:
        while (now := time.monotonic()) < began + options.warm + options.seconds:
            if select.select([terminal], [], [], 0.02)[0]:
                try:
                    data = os.read(terminal, 1 << 20)
                except OSError:  # the program closed its side
                    break
                now = time.monotonic()
                if first_byte is None:
                    first_byte = now - began
                if record:
                    record.write(data)
                if base and now - last_read > BURST_GAP:
                    bursts += 1
                last_read = now
                total += len(data)
                for question, answer in ANSWERS.items():
                    if question in data:
                        os.write(terminal, answer)
            if keys and now - began > 1.0:
                os.write(terminal, keys)
                keys = b""
            if base is None and now - began >= options.warm:
                base = process.sample()
                if base is None:
                    break
                base["bytes"] = total
        last, memory = process.sample(), process.memory()
    finally:
        end(pid)
        if record:
            record.close()
    if base is None or last is None:
        return {"label": options.label, "died": True, "bytes": total}
    span = last["at"] - base["at"]
    return {
        "label": options.label,
        "seconds": round(span, 1),
        "first_byte_ms": None if first_byte is None else round(first_byte * 1000, 1),
        "warm_bytes": base["bytes"],
        "warm_cpu_s": round(base["cpu"], 3),
        "bytes_per_s": round((total - base["bytes"]) / span, 1),
        "bursts_per_s": round(bursts / span, 2),
        "cpu_s_per_min": round((last["cpu"] - base["cpu"]) / span * 60, 3),
        "cpu_ticks_s_per_min": round((last["ticks"] - base["ticks"]) / span * 60, 2),
        "switches_per_s": round((last["switches"] - base["switches"]) / span, 1),
        "memory_kb": memory,
    }


def main():
    result = measure(arguments())
    print(json.dumps(result))
    return 1 if result.get("died") else 0


if __name__ == "__main__":
    sys.exit(main())
