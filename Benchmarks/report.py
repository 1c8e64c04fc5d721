"""What a row of measurements came to, as a section of the page."""
from dataclasses import dataclass, field


@dataclass
class Verdict:
    """One budget and what was measured against it."""
    what: str
    budget: str
    measured: str
    is_met: bool


@dataclass
class Section:
    title: str
    # How it was measured, in a sentence or two.
    how: str
    columns: list
    rows: list = field(default_factory=list)
    verdicts: list = field(default_factory=list)

    def text(self):
        return f'## {self.title}\n\n{self.how}\n\n' + table(self.columns, self.rows)


def table(columns, rows):
    """A Markdown table; the first column is text, the others are numbers."""
    lines = [columns, ['---'] + ['--:'] * (len(columns) - 1), *rows]
    return ''.join('| ' + ' | '.join(map(str, line)) + ' |\n' for line in lines)


def page(about, sections):
    """The whole page: where it was measured, the budgets, every section."""
    verdicts = [[v.what, v.budget, v.measured, 'met' if v.is_met else '**missed**']
                for section in sections for v in section.verdicts]
    return '\n'.join([
        '# Benchmarks\n',
        'Written by `make bench`; do not edit. bundletop and its peers run in turn or side by side in one run,'
        ' against the same\nprivate servers. A cell is the median of the repeats, with the smallest and the'
        ' largest in brackets. Compare'
        '\nwithin a table: CPU seconds and ratios carry over to other machines, milliseconds'
        ' of a loaded one do not.\n',
        table(['', ''], [[name, value] for name, value in about.items()]),
        '## Budgets\n',
        table(['what', 'budget', 'measured', ''], verdicts),
        *[section.text() for section in sections]])
