"""The values that test/augment-golden.test.ts compares with: torchvision's augmentations, by definition.

torchvision is not needed: the functions below write out what its documentation defines, on uint8 tensors,
in the arithmetic of its `transforms` functions (torchvision 0.2x: `adjust_brightness`, `adjust_contrast`,
`adjust_saturation`, `rgb_to_grayscale`, `hflip`, `erase`,
https://pytorch.org/vision/stable/transforms.html): 32-bit floats, clamped to [0, 255], cut off to bytes.

    pip install torch numpy
    python packages/datasets/golden/augment.py

writes test/fixtures/augment.json: a picture, what each adjustment makes of it (base64 of [S, S, 3] bytes),
and the versions used.
"""

import base64
import json
from pathlib import Path

import numpy
import torch

size = 16
factors = {"brightness": (0.6, 1.0, 1.37), "contrast": (0.0, 0.63, 1.4), "saturation": (0.0, 0.71, 1.4)}
rectangle = {"top": 3, "left": 5, "height": 7, "width": 4}


def grey(image):
    red, green, blue = image.unbind(dim=-1)
    return (0.2989 * red + 0.587 * green + 0.114 * blue).to(torch.uint8).unsqueeze(-1)


def blend(image, other, factor):
    return (factor * image + (1.0 - factor) * other).clamp(0, 255).to(torch.uint8)


adjust = {
    "brightness": lambda image, factor: blend(image, torch.zeros_like(image), factor),
    "contrast": lambda image, factor: blend(image, grey(image).to(torch.float32).mean(), factor),
    "saturation": lambda image, factor: blend(image, grey(image), factor),
}


def erase(image, top, left, height, width):
    image = image.clone()
    image[top : top + height, left : left + width] = torch.tensor([124, 116, 104], dtype=torch.uint8)
    return image


def encode(image):
    return base64.b64encode(image.numpy().tobytes()).decode()


# Any bytes, and the extremes, where clamping and cutting off show.
pixels = numpy.random.default_rng(0).integers(0, 256, (size, size, 3), dtype=numpy.uint8)
pixels[0], pixels[1] = 255, 0
image = torch.from_numpy(pixels)

golden = {
    "versions": {"torch": torch.__version__, "numpy": numpy.__version__},
    "size": size,
    "image": encode(image),
    "adjusted": [
        {"name": name, "factor": factor, "image": encode(adjust[name](image, factor))}
        for name, values in factors.items()
        for factor in values
    ],
    "flipped": encode(image.flip(1).contiguous()),
    "erased": {"rectangle": rectangle, "image": encode(erase(image, **rectangle))},
}
path = Path(__file__).parent.parent / "test" / "fixtures" / "augment.json"
path.write_text(json.dumps(golden, indent=2) + "\n")
