"""Writes umeyama.json: similarity transforms by Umeyama's method with singular values (PAMI 13, 1991, equations 38 to 43).

    python umeyama.py      # numpy alone; compared with scikit-image's SimilarityTransform where that is installed
"""
import json
import pathlib

import numpy


def umeyama(source, target):
    count, dimensions = source.shape
    source_mean, target_mean = source.mean(0), target.mean(0)
    covariance = (target - target_mean).T @ (source - source_mean) / count
    left, singular, right = numpy.linalg.svd(covariance)
    signs = numpy.ones(dimensions)
    if numpy.linalg.det(left) * numpy.linalg.det(right) < 0:
        signs[-1] = -1
    rotation = left @ numpy.diag(signs) @ right
    scale = (singular * signs).sum() / ((source - source_mean) ** 2).sum(1).mean()
    return numpy.column_stack([scale * rotation, target_mean - scale * rotation @ source_mean])


template = numpy.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
generator = numpy.random.default_rng(0)
cases = []
for spread in (0.5, 4, 20, 60, 200):
    source = (template * generator.uniform(0.2, 8) + generator.normal(scale=spread, size=(5, 2))).round(3)
    cases.append((source, template))
cases.append((template[:, ::-1] * [1, -1], template))  # mirrored: the best transform without a reflection

versions = {"numpy": numpy.__version__}
try:
    import skimage
    from skimage.transform import SimilarityTransform

    versions["scikit-image"] = skimage.__version__
    for source, target in cases:
        other = SimilarityTransform()
        other.estimate(source, target)
        numpy.testing.assert_allclose(umeyama(source, target), other.params[:2], rtol=1e-9, atol=1e-9)
except ImportError:
    pass

golden = {
    "versions": versions,
    "cases": [
        {"from": source.tolist(), "to": target.tolist(), "matrix": umeyama(source, target).tolist()}
        for source, target in cases
    ],
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=1) + "\n")
