"""The batches that test/mix.test.ts compares with: timm's mixup and CutMix of bytes.

    pip install torch==2.13.0 timm==1.0.29 numpy
    python packages/datasets/golden/mixup.py

writes test/fixtures/mixup.json: a batch of pictures, and for each case the numbers that timm drew, the share of a
sample's own label after the correction to the box's area, and the mixed batch (base64 of [B, S, S, 3] bytes).
timm.data.mixup.FastCollateMixup in mode "batch" makes them, on uint8 arrays [3, S, S].
"""

import base64
import json
from pathlib import Path

import numpy
import timm
import torch
from timm.data.mixup import FastCollateMixup

size, count = 9, 4
pixels = numpy.random.default_rng(0).integers(0, 256, (count, size, size, 3), dtype=numpy.uint8)
pixels[0, :2], pixels[3, :2] = 255, 254  # halves, which rint rounds to even
pixels[1, 0], pixels[2, 0] = 255, 255


def encode(images):
    return base64.b64encode(numpy.ascontiguousarray(images).tobytes()).decode()


class Numbers:
    """Stands in for numpy.random: gives the numbers of a case."""

    def __init__(self, cutmix, drawn, centre):
        self.uniforms, self.drawn, self.centre = [0.0, 0.0 if cutmix else 0.9], drawn, list(centre)

    def rand(self):
        return self.uniforms.pop(0)

    def beta(self, a, b):
        return self.drawn

    def randint(self, low, high, size=None):
        return self.centre.pop(0)


def mix(cutmix, drawn, centre):
    """One batch, with timm's own code on the given numbers."""
    collate = FastCollateMixup(0.8, 1.0, label_smoothing=0.0, num_classes=count)
    real = numpy.random
    timm.data.mixup.np.random = Numbers(cutmix, drawn, centre)
    try:
        batch = [(image.transpose(2, 0, 1).copy(), label) for label, image in enumerate(pixels)]
        images, targets = collate(batch)
    finally:
        timm.data.mixup.np.random = real
    return images.permute(0, 2, 3, 1).numpy(), targets[0, 0].item()


cases = []
for cutmix, drawn, centre in [
    (False, 0.5, (0, 0)),
    (False, 0.73, (0, 0)),
    (False, 0.0123, (0, 0)),
    (False, 1.0, (0, 0)),
    (True, 0.6, (4, 5)),
    (True, 0.31, (0, 8)),
    (True, 0.97, (8, 2)),
    (True, 0.0, (4, 4)),
    (True, 0.999, (3, 3)),
]:
    images, share = mix(cutmix, drawn, centre)
    cases.append(
        {
            "kind": "cutmix" if cutmix else "mixup",
            "lambda": drawn,
            "centre": centre,
            "share": share,
            "images": encode(images),
        }
    )

golden = {
    "versions": {"timm": timm.__version__, "torch": torch.__version__, "numpy": numpy.__version__},
    "size": size,
    "count": count,
    "images": encode(pixels),
    "cases": cases,
}
path = Path(__file__).parent.parent / "test" / "fixtures" / "mixup.json"
path.write_text(json.dumps(golden, indent=2) + "\n")
print(path.name, path.stat().st_size)
