"""Repeats of one measurement, and how they are written down."""
import math
import statistics


def percentile(values, percent):
    """The smallest value that so many percent of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def median(values):
    return statistics.median(values)


def number(value):
    """A count in full, anything else in three digits that mean something; thousands apart."""
    if value == 0:
        return '0'
    if isinstance(value, int) or abs(value) >= 100:
        return f'{value:,.0f}'
    digits = 2 - math.floor(math.log10(abs(value)))
    return f'{value:.{min(digits, 4)}f}'


def spread(values):
    """Median and, in brackets, the smallest and the largest; one number where all are the same."""
    if min(values) == max(values):
        return number(values[0])
    return f'{number(median(values))} ({number(min(values))}–{number(max(values))})'
