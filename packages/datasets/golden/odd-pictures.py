"""What Pillow makes of odd pictures, which test/images-odd.test.ts compares with.

    pip install numpy pillow
    python packages/datasets/golden/odd-pictures.py bases       # the intact files, into test/fixtures/odd/
    node packages/datasets/golden/odd-pictures.ts FOLDER        # writes the odd files, made from these
    python packages/datasets/golden/odd-pictures.py FOLDER      # writes test/fixtures/odd/golden.json and *.png

golden.json has, per file, the SHA-256 of its bytes and either the name of a PNG with Pillow's pixels or Pillow's error.
"""

import hashlib
import json
import platform
import sys
import warnings
from pathlib import Path

import numpy
import PIL
from PIL import Image, features

fixtures = Path(__file__).parent.parent / "test" / "fixtures" / "odd"
columns, rows = 45, 33  # no multiple of a JPEG's blocks


def picture():
    """Waves and an edge, so that no two blocks are alike."""
    y, x = numpy.mgrid[0:rows, 0:columns]
    red = 127 + 100 * numpy.sin(x / 5 + y / 9)
    green = 127 + 90 * numpy.cos(x * y / 150)
    blue = numpy.where(x + y > 40, 230, (5 * x + 3 * y) % 256)
    return Image.fromarray(numpy.stack([red, green, blue], axis=-1).astype(numpy.uint8))


def write_bases():
    colour = picture()
    grey = colour.convert("L")
    deep = Image.fromarray((numpy.asarray(grey).astype(numpy.uint16) * 257) ^ 85)
    clear = colour.copy()
    clear.putalpha(Image.fromarray(numpy.linspace(0, 255, rows * columns).reshape(rows, columns).astype(numpy.uint8)))
    moving = [colour.quantize(32), colour.transpose(Image.Transpose.ROTATE_180).quantize(32)]
    fixtures.mkdir(parents=True, exist_ok=True)
    save = lambda image, name, **options: image.save(fixtures / name, **options)
    save(colour, "colour.jpg", quality=85)
    save(colour, "progressive.jpg", quality=85, progressive=True)
    save(colour, "restarts.jpg", quality=85, restart_marker_blocks=2)
    save(grey, "grey.jpg", quality=85)
    save(colour.convert("CMYK"), "cmyk.jpg", quality=95)
    save(colour, "colour.png")
    save(deep, "deep.png")
    save(clear, "clear.png")
    save(colour.quantize(16), "palette.png")
    save(colour, "lossy.webp", quality=80)
    save(colour, "lossless.webp", lossless=True)
    save(moving[0], "moving.gif", save_all=True, append_images=moving[1:], duration=40)
    save(colour.quantize(32), "palette.gif")
    save(colour, "plain.tif")
    save(colour, "deflate.tif", compression="tiff_adobe_deflate")
    save(colour.convert("CMYK"), "cmyk.tif", compression="tiff_adobe_deflate")
    save(colour, "colour.avif", quality=80)


def write_golden(folder):
    pictures = {}
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        entry = {"sha256": hashlib.sha256(content).hexdigest()}
        try:
            with warnings.catch_warnings(), Image.open(path) as image:
                warnings.simplefilter("ignore")
                image.load()
                entry["mode"] = image.mode
                colour = image.convert("RGB")
                name = hashlib.sha256(colour.tobytes()).hexdigest()[:12] + ".png"
                colour.save(fixtures / name, optimize=True)
                entry["pixels"] = name
        except Exception as error:
            entry["error"] = f"{type(error).__name__}: {error}".replace(f"{folder}/", "")
        pictures[path.name] = entry
    libraries = ("libjpeg_turbo", "zlib", "webp", "libtiff", "avif")
    versions = {
        "python": platform.python_version(),
        "pillow": PIL.__version__,
        "numpy": numpy.__version__,
        **{name: features.version(name) for name in libraries},
    }
    golden = {"versions": versions, "pictures": pictures}
    (fixtures / "golden.json").write_text(json.dumps(golden, indent=2) + "\n")


if sys.argv[1] == "bases":
    write_bases()
else:
    write_golden(Path(sys.argv[1]))
