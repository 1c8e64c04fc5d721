"""One file a row of design's budgets. `measure(bench)` answers a report.Section."""
