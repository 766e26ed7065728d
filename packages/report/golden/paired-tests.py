"""Golden values for test/paired-tests.test.ts: by SciPy, statsmodels and scikit-learn.

    python -m venv .venv
    .venv/bin/pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 scikit-learn==1.9.1
    .venv/bin/python packages/report/golden/paired-tests.py

writes test/golden/paired-tests.json, with the versions used; `pnpm format` then sets its lines.
"""

import json
import platform
from pathlib import Path

import numpy
import scipy
import sklearn
import statsmodels
from scipy import stats
from sklearn.metrics import recall_score
from statsmodels.stats.multitest import multipletests

FILE = Path(__file__).parent.parent / "test" / "golden" / "paired-tests.json"
VERSIONS = {
    "numpy": numpy.__version__,
    "scipy": scipy.__version__,
    "statsmodels": statsmodels.__version__,
    "scikit-learn": sklearn.__version__,
    "python": platform.python_version(),
}


def student(t, df):
    return {"t": t, "df": df, "p": float(2 * stats.t.sf(abs(t), df))}


def paired(a, b):
    """scipy's paired t-test of a - b, with the interval of the mean difference."""
    result = stats.ttest_rel(a, b)
    interval = result.confidence_interval(0.95)
    return {
        "a": list(map(float, a)),
        "b": list(map(float, b)),
        "p": float(result.pvalue),
        "low": float(interval.low),
        "high": float(interval.high),
        "standardError": float(stats.sem(numpy.subtract(a, b))),
    }


def mid_p(b, c):
    exact = stats.binomtest(b, b + c, 0.5).pvalue
    return {"b": b, "c": c, "p": float(exact - stats.binom.pmf(min(b, c), b + c, 0.5))}


def corrected(ps):
    return {"ps": ps, "adjusted": multipletests(ps, method="holm")[1].tolist()}


def recalls(generator, K, n):
    labels = generator.integers(0, K, n)
    predicted = numpy.where(generator.random(n) < 0.7, labels, generator.integers(0, K, n))
    return {
        "K": K,
        "labels": "".join(map(str, labels)),
        "predicted": "".join(map(str, predicted)),
        "uar": float(recall_score(labels, predicted, average="macro")),
    }


def main():
    generator = numpy.random.default_rng(17)
    golden = {
        "versions": VERSIONS,
        "student": [
            student(t, df)
            for df in (1, 2, 3, 4, 9, 30, 499, 1000)
            for t in (0.0, 0.5, -1.5, 2.0, 4.0, 9.0)
        ],
        "paired": [
            paired([0.78, 0.79, 0.80, 0.77, 0.81], [0.75, 0.77, 0.79, 0.78, 0.78]),
            paired([0.612, 0.655], [0.598, 0.601]),
            paired(generator.random(40), generator.random(40)),
        ],
        "midP": [mid_p(b, c) for b, c in ((0, 5), (3, 9), (12, 25), (25, 12), (40, 60), (1, 200))],
        "holm": [
            corrected([0.01, 0.04, 0.03]),
            corrected([0.5]),
            corrected([0.02, 0.02, 0.9, 0.011]),
            corrected(generator.random(12).tolist()),
        ],
        "recalls": recalls(generator, 7, 120),
    }
    FILE.write_text(json.dumps(golden, indent=1) + "\n")


main()
