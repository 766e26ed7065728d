"""The digests that test/auto-golden.test.ts compares with: torchvision's RandAugment and TrivialAugmentWide on PIL images.

    pip install torch torchvision pillow numpy
    python packages/datasets/golden/auto.py

writes test/fixtures/auto.json: three pictures of 32 x 32 pixels (base64 of [S, S, 3] bytes), and for every operation of
both lists, every magnitude and both signs the digest of what `_apply_op` makes of each picture, and of the first one
repeated to 224 x 224. The functions are torchvision's own; on PIL images they call Pillow.
"""

import base64
import hashlib
import json
from pathlib import Path

import numpy
import PIL
import torch
from PIL import Image

try:
    import torchvision
except RuntimeError:
    # A wheel built for another torch lacks its compiled operators. Image transforms use none, so a declaration will do.
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision
from torchvision.transforms import InterpolationMode
from torchvision.transforms.autoaugment import RandAugment, TrivialAugmentWide, _apply_op

size, repeats, bins = 32, 7, 31

generator = numpy.random.default_rng(0)
rows, columns, channels = numpy.indices((size, size, 3))
pictures = {
    # Any bytes, with rows of the extremes.
    "noise": generator.integers(0, 256, (size, size, 3)),
    # Between 60 and 190: what AutoContrast and Equalize spread.
    "soft": 60 + 2 * rows + columns + 12 * channels,
    # One colour, of which they make nothing.
    "flat": numpy.broadcast_to([200, 30, 90], (size, size, 3)),
}
pictures = {name: numpy.ascontiguousarray(pixels, dtype=numpy.uint8) for name, pixels in pictures.items()}
pictures["noise"][0], pictures["noise"][1] = 255, 0
tested = {**pictures, "large": numpy.tile(pictures["noise"], (repeats, repeats, 1))}


def digests(pixels, name, magnitudes, signed):
    """Of every magnitude, as it is and, where it has a sign, negated: the first 8 digits of the SHA-256."""
    image = Image.fromarray(pixels)
    values = [float(value) for value in magnitudes] if magnitudes.ndim > 0 else [0.0]
    signs = (1.0, -1.0) if signed else (1.0,)
    results = [
        _apply_op(image, name, sign * value, interpolation=InterpolationMode.NEAREST, fill=None)
        for value in values
        for sign in signs
    ]
    return " ".join(hashlib.sha256(numpy.asarray(result).tobytes()).hexdigest()[:8] for result in results)


def space(kind, side):
    if kind == "rand":
        return RandAugment(num_magnitude_bins=bins)._augmentation_space(bins, (side, side))
    return TrivialAugmentWide(num_magnitude_bins=bins)._augmentation_space(bins)


golden = {
    "versions": {"torchvision": torchvision.__version__, "torch": torch.__version__, "Pillow": PIL.__version__},
    "size": size,
    "repeats": repeats,
    "pictures": {name: base64.b64encode(pixels.tobytes()).decode() for name, pixels in pictures.items()},
    "results": [
        {"kind": kind, "picture": picture, "operation": name, "digests": digests(pixels, name, magnitudes, signed)}
        for kind in ("rand", "trivial")
        for picture, pixels in tested.items()
        for name, (magnitudes, signed) in space(kind, pixels.shape[0]).items()
    ],
}
path = Path(__file__).parent.parent / "test" / "fixtures" / "auto.json"
path.write_text(json.dumps(golden, indent=2) + "\n")
