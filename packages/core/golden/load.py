"""Loads safetensors that @mvt/core wrote into PyTorch, and prints the logits as JSON.

    python packages/core/golden/load.py FILE IMAGES SHAPE

IMAGES is safetensors with `images`, SHAPE the arguments of make.py's Vit as JSON. Every name and shape
must be that of the module, whose names are timm's.
"""

import json
import sys

import torch
from make import Vit
from safetensors.torch import load_file
from weights import MEAN, STD


def main(path, images_path, shape):
    torch.set_default_dtype(torch.float32)
    model = Vit(**json.loads(shape))
    model.load_state_dict(load_file(path), strict=True)
    images = load_file(images_path)["images"]
    pixels = (images / 255 - torch.tensor(MEAN)) / torch.tensor(STD)
    print(json.dumps(model(pixels.permute(0, 3, 1, 2)).flatten().tolist()))


main(*sys.argv[1:])
