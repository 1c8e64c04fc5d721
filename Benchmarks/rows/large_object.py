"""One object of 200 MB."""
from report import Verdict
from rows.transfers import DOWN, UP, faster, transfers
from samples import median, number

TITLE = '200 MB object'


def measure(bench):
    section, costs = transfers(bench, TITLE, 1, 200_000_000)
    for way in (UP, DOWN):
        cpu = median(costs[way]['bundletop'].cpu)
        section.verdicts += [faster(TITLE, way, costs, 'curl', 0.9),
                             Verdict(f'{TITLE} {way}, CPU', '≤ 0.3 s', f'{number(cpu)} s', cpu <= 0.3)]
    return section
