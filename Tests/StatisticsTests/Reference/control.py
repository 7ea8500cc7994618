"""Computes the values that ControlledMeanTests compares with. Run: python control.py (SciPy 1.11 or newer).

The mean where the control is zero is the intercept of an ordinary regression on the control.
"""

import scipy
from scipy import stats

print("SciPy", scipy.__version__)
values = [0.12, -0.05, 0.31, 0.08, -0.14, 0.22, 0.02, 0.17, -0.09, 0.26, 0.05, 0.11]
control = [0.06, -0.11, 0.19, 0.01, -0.16, 0.09, -0.04, 0.12, -0.13, 0.14, -0.05, 0.02]
fit = stats.linregress(control, values)
degrees = len(values) - 2
reach = stats.t.ppf(0.975, degrees) * fit.intercept_stderr
print("mean", fit.intercept, "slope", fit.slope)
print("standard error", fit.intercept_stderr, "interval", fit.intercept - reach, fit.intercept + reach)
print("p", 2 * stats.t.sf(abs(fit.intercept / fit.intercept_stderr), degrees))
