"""The pictures that test/images-resize.test.ts compares with: Pillow's own bilinear resizing.

    pip install numpy pillow
    python packages/datasets/golden/resize.py

writes test/fixtures/resize/: drawn pictures, what Pillow makes of them, and the versions used.
"""

import json
import platform
from pathlib import Path

import numpy
import PIL
from PIL import Image, features

folder = Path(__file__).parent.parent / "test" / "fixtures" / "resize"

# (columns, rows) of a picture and the sizes it is made into: enlarged, shrunk a little, a lot, and both. Pillow resizes
# rows first where there are more than 100 times as many.
cases = {(100, 100): (224, 48), (48, 48): (64,), (75, 40): (48, 16), (4, 400): (16,), (4, 401): (16,)}


def picture(columns, rows):
    """Smooth waves, hard edges and a little noise, so that every kind of error shows."""
    y, x = numpy.mgrid[0:rows, 0:columns]
    u, v = x / columns, y / rows
    red = 127 + 100 * numpy.sin(9 * u + 3 * v)
    green = 127 + 90 * numpy.cos(7 * v * u + 2)
    blue = 127 + 120 * numpy.sin(23 * v) * numpy.cos(17 * u)
    pixels = numpy.stack([red, green, blue], axis=-1)
    pixels[(u - 0.5) ** 2 / 0.09 + (v - 0.5) ** 2 / 0.16 < 1] *= 0.6
    pixels[rows * 3 // 10 : rows * 4 // 10, columns * 3 // 10 : columns * 4 // 10] = 255
    pixels += numpy.random.default_rng(0).normal(0, 4, pixels.shape)
    return Image.fromarray(numpy.clip(pixels, 0, 255).astype(numpy.uint8))


folder.mkdir(parents=True, exist_ok=True)
pictures = []
for (columns, rows), sizes in cases.items():
    source = f"{columns}x{rows}.jpg"
    picture(columns, rows).save(folder / source, quality=90)
    for size in sizes:
        resized = f"{columns}x{rows}-to-{size}.png"
        decoded = Image.open(folder / source).convert("RGB")
        decoded.resize((size, size), Image.Resampling.BILINEAR).save(folder / resized, optimize=True)
        pictures.append({"source": source, "size": size, "resized": resized})

versions = {
    "python": platform.python_version(),
    "pillow": PIL.__version__,
    "libjpeg-turbo": features.version("libjpeg_turbo"),
    "numpy": numpy.__version__,
}
(folder / "golden.json").write_text(
    json.dumps({"versions": versions, "pictures": pictures}, indent=2) + "\n"
)
