"""Prints the values that ProportionTests compares with. Run: python proportion.py (SciPy 1.17.1)."""

from scipy import stats

for count, trials in ((0, 20), (1, 20), (19, 20), (20, 20), (10, 300), (3, 4)):
    interval = stats.binomtest(count, trials).proportion_ci(0.95, "exact")
    print(f"({count}, {trials}, {float(interval.low)!r}, {float(interval.high)!r}),")
