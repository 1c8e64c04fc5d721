"""Two thousand objects of 10 KB."""
from report import Verdict
from rows.transfers import DOWN, UP, faster, transfers
from samples import median

TITLE = '2,000 objects of 10 KB'
COUNT = 2000


def measure(bench):
    section, costs = transfers(bench, TITLE, COUNT, 10_000)
    section.verdicts += [faster(TITLE, way, costs, 'aws cli', 3) for way in (UP, DOWN)]
    each = median(costs[UP]['bundletop'].cpu) / COUNT * 1000
    section.verdicts.append(Verdict('10 KB put, CPU', '≤ 0.3 ms', f'{each:.3f} ms', each <= 0.3))
    return section
