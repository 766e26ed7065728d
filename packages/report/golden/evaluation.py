"""Golden values for test/evaluation.test.ts, comparison.test.ts and ranking.test.ts: by scikit-learn and SciPy.

    python -m venv .venv && .venv/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
    .venv/bin/python packages/report/golden/evaluation.py

writes test/golden/evaluation.json, with the versions used; `pnpm format` then sets its lines. Where random draws
matter, both sides draw with the generator below, in the same order, so that they must agree up to rounding.
SciPy's own bootstrap draws differently: its interval may differ by one image.
"""

import json
import platform
import warnings
from pathlib import Path

import numpy
import scipy
import sklearn
from scipy import stats
from sklearn import metrics

FILE = Path(__file__).parent.parent / "test" / "golden" / "evaluation.json"
VERSIONS = {
    "numpy": numpy.__version__,
    "scipy": scipy.__version__,
    "scikit-learn": sklearn.__version__,
    "python": platform.python_version(),
}
RESAMPLES = 300

# balanced_accuracy_score warns about classes without images, which are wanted here.
warnings.filterwarnings("ignore", category=UserWarning)


def draws(state=1):
    """integer(below), from the linear congruential generator of Numerical Recipes."""

    def integer(below):
        nonlocal state
        state = (state * 1664525 + 1013904223) % 2**32
        return state * below // 2**32

    return integer


def measures(K, labels, predicted):
    every = range(K)
    options = {"labels": every, "zero_division": numpy.nan}
    return {
        "accuracy": metrics.accuracy_score(labels, predicted),
        "meanClassAccuracy": metrics.balanced_accuracy_score(labels, predicted),
        "macroF1": metrics.f1_score(labels, predicted, average="macro", **options),
        "f1": metrics.f1_score(labels, predicted, average=None, **options).tolist(),
        "confusion": metrics.confusion_matrix(labels, predicted, labels=every).tolist(),
    }


def flat(values):
    return [
        values["accuracy"],
        values["meanClassAccuracy"],
        values["macroF1"],
        *values["f1"],
    ]


def strata_of(labels, stratified):
    """Image indices by class, classes in order; or all images at once."""
    if not stratified:
        return [numpy.arange(len(labels))]
    return [numpy.flatnonzero(labels == c) for c in numpy.unique(labels)]


def resamples(labels, stratified):
    """Image indices, drawn with replacement within each stratum."""
    integer = draws()
    strata = strata_of(labels, stratified)
    for _ in range(RESAMPLES):
        yield numpy.array([s[integer(len(s))] for s in strata for _ in s])


def intervals(rows):
    low, high = numpy.nanpercentile(numpy.array(rows), [2.5, 97.5], axis=0)
    return [list(pair) for pair in zip(low.tolist(), high.tolist())]


def answers(generator, K, occur, right):
    """Labels with `occur` images per class in random order; an answer is right with the class's chance."""
    labels = generator.permutation(numpy.repeat(numpy.arange(K), occur))
    guesses = generator.integers(0, K, len(labels))
    return labels, numpy.where(generator.random(len(labels)) < numpy.array(right)[labels], labels, guesses)


def bootstrap_by_scipy(labels, predicted, stratified):
    """Percentile interval of the accuracy; every stratum is a sample of its own, which SciPy draws from by itself."""
    right = [(predicted == labels)[s].astype(float) for s in strata_of(labels, stratified)]

    def accuracy(*parts, axis):
        return sum(part.sum(axis=axis) for part in parts) / len(labels)

    result = stats.bootstrap(
        right, accuracy, n_resamples=100_000, batch=1000, method="percentile", rng=numpy.random.default_rng(0)
    )
    return list(map(float, result.confidence_interval))


def evaluation(name, stratified, K, occur, right, generator):
    labels, predicted = answers(generator, K, occur, right)
    rows = [flat(measures(K, labels[i], predicted[i])) for i in resamples(labels, stratified)]
    return {
        "name": name,
        "stratified": stratified,
        "K": K,
        "labels": digits(labels),
        "predicted": digits(predicted),
        **measures(K, labels, predicted),
        "resamples": RESAMPLES,
        "intervals": intervals(rows),
        "scipyAccuracyInterval": bootstrap_by_scipy(labels, predicted, stratified),
    }


def comparison(generator):
    K, occur = 4, [60, 25, 40, 15]
    labels, first = answers(generator, K, occur, [0.8, 0.4, 0.7, 0.3])
    better = generator.random(len(labels)) < 0.3
    second = numpy.where(better, labels, first)
    worse = generator.random(len(labels)) < 0.1
    second = numpy.where(worse, (labels + 1) % K, second)
    a, b = first == labels, second == labels
    rows = []
    for i in resamples(labels, False):
        one, two = flat(measures(K, labels[i], first[i]))[:3], flat(measures(K, labels[i], second[i]))[:3]
        rows.append([y - x for x, y in zip(one, two)])
    return {
        "K": K,
        "labels": digits(labels),
        "first": digits(first),
        "second": digits(second),
        "counts": [int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum()), int((~a & ~b).sum())],
        "p": exact(int((a & ~b).sum()), int((~a & b).sum())),
        "resamples": RESAMPLES,
        "differences": intervals(rows),
    }


def ranking(name, scores, positive):
    return {
        "name": name,
        "scores": scores.tolist(),
        "positive": digits(positive),
        "auroc": metrics.roc_auc_score(positive, scores),
        "averagePrecision": metrics.average_precision_score(positive, scores),
    }


def rankings():
    """Scores of wrong labels among right ones: all different, with many ties, all equal, and the wrong way round."""
    generator = numpy.random.default_rng(20212)
    positive = (generator.random(120) < 0.2).astype(int)
    scores = (generator.normal(size=120) + 1.5 * positive).round(6)
    return [
        ranking("no ties", scores, positive),
        ranking("many ties", scores.round(0), positive),
        ranking("all equal", numpy.zeros(120), positive),
        ranking("the wrong way round", -scores, positive),
        ranking("few images", numpy.array([0.5, 0.5, 0.2, 0.9, 0.2]), numpy.array([1, 0, 1, 0, 0])),
    ]


def digits(indices):
    """Class indices below ten, one character each."""
    return "".join(map(str, indices.tolist()))


def exact(b, c):
    return float(stats.binomtest(b, b + c, 0.5).pvalue) if b + c > 0 else 1.0


def nothing_for_nan(value):
    if isinstance(value, float) and numpy.isnan(value):
        return None
    if isinstance(value, dict):
        return {k: nothing_for_nan(v) for k, v in value.items()}
    if isinstance(value, list):
        return [nothing_for_nan(v) for v in value]
    return value


generator = numpy.random.default_rng(20211)
pairs = [(0, 0), (0, 1), (1, 0), (5, 5), (0, 6), (3, 17), (10, 30), (59, 80), (121, 85), (400, 500), (7, 1500)]
golden = {
    "versions": VERSIONS,
    "evaluations": [
        evaluation(f"{name}, {'within classes' if stratified else 'from all'}", stratified, *case, generator)
        for name, *case in [
            ("like RAF-DB's classes", 7, [33, 7, 16, 118, 48, 16, 68], [0.86, 0.5, 0.6, 0.95, 0.85, 0.7, 0.87]),
            ("a class without images and a rare one", 4, [20, 0, 9, 3], [0.7, 0.0, 0.5, 0.9]),
        ]
        for stratified in [False, True]
    ],
    "mcnemar": [{"b": b, "c": c, "p": exact(b, c)} for b, c in pairs],
    "comparison": comparison(generator),
    "rankings": rankings(),
}
# Two classes never occur: one is answered, the other is not.
labels, predicted = numpy.array([0, 0, 1, 1, 1]), numpy.array([0, 2, 1, 1, 0])
golden["absent"] = {"K": 4, "labels": digits(labels), "predicted": digits(predicted), **measures(4, labels, predicted)}

FILE.parent.mkdir(parents=True, exist_ok=True)
FILE.write_text(json.dumps(nothing_for_nan(golden), indent=2) + "\n")
print(FILE.name, FILE.stat().st_size, "bytes")
