"""Computes the values that LogMeanTests compares with. Run: python welch.py (SciPy 1.11 or newer)."""

import scipy
from scipy import stats

print("SciPy", scipy.__version__)
one = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4]
other = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.6, 31.5]
welch = stats.ttest_ind(one, other, equal_var=False)
interval = welch.confidence_interval(0.95)
print("difference", sum(one) / len(one) - sum(other) / len(other))
print("t", welch.statistic, "df", welch.df, "p", welch.pvalue)
print("interval", interval.low, interval.high)
for bound in (-2.0, -1.0):
    shifted = [value - bound for value in one]
    for side in ("greater", "less"):
        print("bound", bound, side, stats.ttest_ind(shifted, other, equal_var=False, alternative=side).pvalue)
