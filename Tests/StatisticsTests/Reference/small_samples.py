"""Prints the values that SmallSampleTests compares with. Run: python small_samples.py (SciPy 1.17.1, NumPy)."""

import numpy as np
import scipy
from scipy import special, stats

print("SciPy", scipy.__version__)


def two_sided(first, second):
    """The exact permutation distribution of U, which SciPy enumerates; equal values count half."""

    def u(a, b, axis):
        a, b = np.asarray(a), np.asarray(b)
        larger = a[..., :, None] > b[..., None, :]
        equal = a[..., :, None] == b[..., None, :]
        return (larger + equal / 2).sum(axis=(-1, -2))

    return stats.permutation_test(
        (first, second), u, vectorized=True, n_resamples=np.inf, alternative="two-sided"
    ).pvalue


males, females = [19, 22, 16, 29, 24], [20, 11, 17, 12]  # scipy.stats.mannwhitneyu, the example of its page
print("Mann-Whitney, no ties", stats.mannwhitneyu(males, females, method="exact"))
print("the same by permutation", two_sided(males, females))
first, second = [1, 2, 2, 3, 5], [2, 4, 5, 5, 6, 7]
print("Mann-Whitney, ties", stats.mannwhitneyu(first, second).statistic, two_sided(first, second))
long_a, long_b = list(range(0, 40, 2)), list(range(7, 47, 2))
print("Mann-Whitney, 20 and 20", stats.mannwhitneyu(long_a, long_b, method="exact"))


def unbiased(degrees):
    return np.exp(special.gammaln(degrees / 2) - special.gammaln((degrees - 1) / 2)) / np.sqrt(degrees / 2)


ratios = np.array([0.11, 0.04, 0.09, 0.02, 0.07])
print("d_z", ratios.mean() / ratios.std(ddof=1) * unbiased(4))
a, b = np.array(males, float), np.array(females, float)
pooled = np.sqrt((4 * a.var(ddof=1) + 3 * b.var(ddof=1)) / 7)
print("g", (a.mean() - b.mean()) / pooled * unbiased(7))

skewed = np.array([0.01, 0.02, 0.02, 0.03, 0.05, 0.08, 0.13, 0.21])
for seed in (1, 2):
    interval = stats.bootstrap(
        (skewed,), np.mean, n_resamples=400_000, method="BCa", rng=np.random.default_rng(seed)
    ).confidence_interval
    print("BCa, seed", seed, interval)

print("normal quantiles", stats.norm.ppf([0.025, 0.5, 0.9]))
