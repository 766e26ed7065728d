"""Golden values for test/scores.test.ts: label quality scores by cleanlab.

    python -m venv .venv && .venv/bin/pip install numpy==2.4.6 cleanlab==2.9.0
    .venv/bin/python packages/relabel/golden/scores.py

writes test/golden/scores.json, with the versions used; `pnpm format` then sets its lines. The margins of AUM are those of
random logits in float64; cleanlab has none.
"""

import json
import platform
from pathlib import Path

import cleanlab
import numpy
from cleanlab.rank import get_normalized_margin_for_each_label, get_self_confidence_for_each_label

FILE = Path(__file__).parent.parent / "test" / "golden" / "scores.json"
VERSIONS = {
    "numpy": numpy.__version__,
    "cleanlab": cleanlab.__version__,
    "python": platform.python_version(),
}


def scores(name, logits, labels):
    """Rows of probabilities, and what their labels score."""
    exponentials = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    others = numpy.where(numpy.eye(logits.shape[1], dtype=bool)[labels], -numpy.inf, logits)
    return {
        "name": name,
        "labels": labels.tolist(),
        "probabilities": probabilities.tolist(),
        "selfConfidence": get_self_confidence_for_each_label(labels, probabilities).tolist(),
        "normalizedMargin": get_normalized_margin_for_each_label(labels, probabilities).tolist(),
        "logMargin": (logits[numpy.arange(len(labels)), labels] - others.max(axis=1)).tolist(),
    }


generator = numpy.random.default_rng(20211)
golden = {
    "versions": VERSIONS,
    "cases": [
        scores(name, scale * generator.normal(size=(n, K)), generator.permutation(numpy.arange(n) % K))
        for name, n, K, scale in [
            ("seven classes, unsure", 21, 7, 1.0),
            ("seven classes, sure", 21, 7, 8.0),
            ("two classes", 10, 2, 2.0),
        ]
    ],
}
FILE.parent.mkdir(parents=True, exist_ok=True)
FILE.write_text(json.dumps(golden, indent=2) + "\n")
print(FILE.name, FILE.stat().st_size, "bytes")
