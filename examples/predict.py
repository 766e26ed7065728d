"""The expressions of faces as `pnpm exp predict` gives them: python predict.py mvt.onnx face.jpg ..."""

import json
import sys

import numpy as np
from PIL import Image, ImageOps


def read_face(path, size):
    """[size, size, 3]: upright, over black, without its colour profile."""
    image = ImageOps.exif_transpose(Image.open(path))
    if image.mode.startswith("I;16"):  # Pillow would make it white
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:  # Pillow would drop it
        rgba = np.asarray(image.convert("RGBA")).astype(np.uint16)
        image = Image.fromarray((rgba[..., :3] * rgba[..., 3:] // 255).astype(np.uint8))
    return np.asarray(image.convert("RGB").resize((size, size), Image.Resampling.BILINEAR))


if __name__ == "__main__":
    import onnxruntime

    session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
    about = session.get_modelmeta().custom_metadata_map
    classes = json.loads(about["classes"])
    size = json.loads(about["preprocessing"])["imageSize"]
    for path in sys.argv[2:]:
        probabilities, *mask = session.run(None, {"images": read_face(path, size)[None]})
        named = dict(zip(classes, probabilities[0].tolist()))
        print(json.dumps({"image": path, "expression": max(named, key=named.get), "probabilities": named}))
