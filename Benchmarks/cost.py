"""What a running process has cost so far, from /proc."""
import os
import time


def cpu_seconds(pid):
    """CPU time of all threads, also of those that have ended, in nanosecond steps (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def wakeups(pid):
    """How often its living threads went to sleep of their own accord."""
    total = 0
    for thread in os.listdir(f'/proc/{pid}/task'):
        try:
            with open(f'/proc/{pid}/task/{thread}/status') as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith('voluntary_ctxt'))
        except FileNotFoundError:
            pass  # a thread that ended meanwhile
    return total


def memory_mb(pid):
    """Resident, private (in no other process) and anonymous (on no disk) memory, in MB of 1024 kB."""
    sizes = {}
    with open(f'/proc/{pid}/smaps_rollup') as file:
        for line in file:
            name, *rest = line.split()
            if len(rest) == 2 and rest[1] == 'kB':
                sizes[name.rstrip(':')] = int(rest[0]) / 1024
    return {'rss': sizes['Rss'], 'private': sizes['Private_Clean'] + sizes['Private_Dirty'],
            'anonymous': sizes['Anonymous']}
