"""Files of weights as PyTorch, safetensors and ONNX write them, for the readers of @mvt/core.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 numpy safetensors onnx
    .venv/bin/python packages/core/golden/weights.py

A tiny DeiT in every form, with PyTorch's logits for it; tensors of every kind that a checkpoint can
hold; files that must be refused. `versions.json` records what they were made with.
"""

import json
import os
import pickle
import platform
import zipfile
from pathlib import Path

import numpy
import onnx
import safetensors
import torch
from make import Vit
from onnx import TensorProto, helper
from safetensors.torch import save_file

FOLDER = Path(__file__).parent.parent / "test" / "golden" / "weights"
SHAPE = {"image": 12, "patch": 4, "width": 8, "depth": 2, "heads": 2, "ratio": 2, "classes": 5}
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]

torch.set_default_dtype(torch.float32)  # make.py works in float64


def tiny():
    """Weights in float32, with norms away from 1 and 0, and image bytes."""
    torch.manual_seed(7)
    model = Vit(**SHAPE)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name:
                parameter.add_(torch.randn_like(parameter) * 0.2)
    images = torch.randint(0, 256, (2, SHAPE["image"], SHAPE["image"], 3))
    return model, images


def logits(weights, images):
    """PyTorch's, in float64."""
    model = Vit(**SHAPE)
    model.load_state_dict(weights)
    pixels = (images.double() / 255 - torch.tensor(MEAN).double()) / torch.tensor(STD).double()
    return model.double()(pixels.permute(0, 3, 1, 2)).detach()


def distilled(weights):
    """The same network beside a distillation token, which its class token does not need to see."""
    torch.manual_seed(8)
    rows = weights["pos_embed"]
    return {
        **weights,
        "dist_token": torch.randn(1, 1, SHAPE["width"]),
        "pos_embed": torch.cat([rows[:, :1], torch.randn(1, 1, SHAPE["width"]), rows[:, 1:]], 1),
        "head_dist.weight": torch.randn(SHAPE["classes"], SHAPE["width"]),
        "head_dist.bias": torch.randn(SHAPE["classes"]),
    }


WHOLE = {
    "cls_token": "embeddings.cls_token",
    "dist_token": "embeddings.distillation_token",
    "pos_embed": "embeddings.position_embeddings",
    "patch_embed.proj": "embeddings.patch_embeddings.projection",
    "norm": "layernorm",
}
BLOCK_OF_FILES = {
    "norm1": "layernorm_before",
    "norm2": "layernorm_after",
    "attn.qkv": "attention.attention.query attention.attention.key attention.attention.value",
    "attn.proj": "attention.output.dense",
    "mlp.fc1": "intermediate.dense",
    "mlp.fc2": "output.dense",
}
BLOCK_OF_MODULES = {
    **BLOCK_OF_FILES,
    "attn.qkv": "attention.q_proj attention.k_proj attention.v_proj",
    "attn.proj": "attention.o_proj",
    "mlp.fc1": "mlp.fc1",
    "mlp.fc2": "mlp.fc2",
}


def hugging_face(weights, prefix, blocks, block, heads):
    """The names that transformers gives the same weights."""
    renamed = {}
    for name, tensor in weights.items():
        stem, _, kind = name.rpartition(".")
        if name in WHOLE:
            renamed[prefix + WHOLE[name]] = tensor
        elif stem in heads:
            renamed[f"{heads[stem]}.{kind}"] = tensor
        elif stem in WHOLE:
            renamed[f"{prefix}{WHOLE[stem]}.{kind}"] = tensor
        else:
            _, index, layer = stem.split(".", 2)
            theirs = block[layer].split()
            for each, part in zip(theirs, tensor.chunk(len(theirs))):
                renamed[f"{prefix}{blocks}.{index}.{each}.{kind}"] = part.contiguous()
    return renamed


def onnx_model(tensors):
    graph = helper.make_graph([], "weights", [], [], initializer=tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


def onnx_tensors(weights):
    """Initialisers in every way that ONNX stores floats: raw bytes, typed fields, 16 and 64 bits."""
    ways = [
        lambda n, a: helper.make_tensor(n, TensorProto.FLOAT, a.shape, a.tobytes(), raw=True),
        lambda n, a: helper.make_tensor(n, TensorProto.FLOAT, a.shape, a.ravel()),
        lambda n, a: helper.make_tensor(n, TensorProto.DOUBLE, a.shape, a.ravel()),
    ]
    return [ways[i % 3](n, t.numpy()) for i, (n, t) in enumerate(weights.items())]


def kinds():
    """One tensor per element type and way to lie in a storage."""
    torch.manual_seed(9)
    base = torch.randn(4, 6)
    values = torch.tensor([0.0, -1.5, 3.0e-6, 65504.0, 1 / 3])
    nested = base.reshape(2, 2, 6).permute(2, 0, 1)[1::2, :, 1:]
    return {
        "float32": values,
        "float16": values.half(),
        "bfloat16": values.bfloat16(),
        "float64": values.double(),
        "int64": torch.tensor([0, -1, 2**40]),
        "int32": torch.tensor([0, -1, 2**30], dtype=torch.int32),
        "int16": torch.tensor([0, -1, 2**14], dtype=torch.int16),
        "int8": torch.tensor([0, -1, 127], dtype=torch.int8),
        "uint8": torch.tensor([0, 1, 255], dtype=torch.uint8),
        "bool": torch.tensor([False, True]),
        "shared": base,
        "transposed": base.t(),
        "sliced": base[1:3, 2:5],
        "nested": nested,
        "expanded": base[:, :1].expand(4, 3),
        "scalar": torch.tensor(7.0),
        "empty": torch.zeros(0, 3),
        "parameter": torch.nn.Parameter(torch.ones(3)),
    }


class Malicious:
    """Pickles itself as a call of os.system: whoever unpickles it makes a file."""

    def __reduce__(self):
        return os.system, ("touch weights-were-executed",)


def save(name, value, **options):
    torch.save(value, FOLDER / name, **options)


def repack(source, target, change):
    """Copies a zip archive; `change(name, bytes)` gives the bytes and the compression of an entry."""
    with zipfile.ZipFile(FOLDER / source) as old, zipfile.ZipFile(FOLDER / target, "w") as new:
        for entry in old.infolist():
            content, compression = change(entry.filename, old.read(entry))
            new.writestr(zipfile.ZipInfo(entry.filename), content, compression)


def positions():
    """Computed in float64: in float32 PyTorch's own weights are off by up to 4e-6 for 14 to 24."""
    torch.manual_seed(10)
    tensors = {}
    for old, new in [(3, 5), (5, 3), (7, 2), (2, 7), (6, 4), (14, 24)]:
        rows = torch.randn(1, 1 + old * old, 3)
        grid = rows[:, 1:].double().reshape(1, old, old, 3).permute(0, 3, 1, 2)
        resampled = torch.nn.functional.interpolate(
            grid, size=(new, new), mode="bicubic", antialias=True, align_corners=False
        )
        tensors[f"{old}"] = rows
        flat = resampled.permute(0, 2, 3, 1).reshape(1, new * new, 3).float()
        tensors[f"{old}.{new}"] = torch.cat([rows[:, :1], flat], 1)
    return tensors


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    model, images = tiny()
    weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    with_token = distilled(weights)

    save("zip.pth", {"model": model.state_dict(), "epoch": 299})
    save("legacy.pth", {"model": model.state_dict()}, _use_new_zipfile_serialization=False)
    save("protocol4.pth", {"model": model.state_dict()}, pickle_protocol=4)
    save("distilled.pth", {"model": with_token})
    save("kinds.pth", kinds())
    save("kinds-legacy.pth", kinds(), _use_new_zipfile_serialization=False)
    expected = {n: t.detach().to(torch.float32).contiguous() for n, t in kinds().items()}
    save_file({n: t.clone() for n, t in expected.items()}, FOLDER / "kinds.safetensors")

    save_file(weights, FOLDER / "timm.safetensors", metadata={"format": "pt"})
    half = {n: t.half() if i % 2 else t.bfloat16() for i, (n, t) in enumerate(weights.items())}
    save_file(half, FOLDER / "half.safetensors")
    names = [
        ("vit", weights, "vit.", "encoder.layer", BLOCK_OF_FILES, {"head": "classifier"}),
        ("modules", weights, "vit.", "layers", BLOCK_OF_MODULES, {"head": "classifier"}),
        (
            "deit",
            with_token,
            "deit.",
            "encoder.layer",
            BLOCK_OF_FILES,
            {"head": "cls_classifier", "head_dist": "distillation_classifier"},
        ),
    ]
    for name, tensors, *scheme in names:
        save_file(hugging_face(tensors, *scheme), FOLDER / f"hugging-face-{name}.safetensors")
    onnx.save(onnx_model(onnx_tensors(weights)), FOLDER / "named.onnx")
    anonymous = {f"onnx::MatMul_{i}": tensor for i, tensor in enumerate(weights.values())}
    onnx.save(onnx_model(onnx_tensors(anonymous)), FOLDER / "anonymous.onnx")

    rounded = {n: t.float() for n, t in half.items()}
    save_file(
        {
            "images": images.float(),
            "logits": logits(weights, images).float(),
            "logits.half": logits(rounded, images).float(),
        },
        FOLDER / "logits.safetensors",
    )
    save_file(positions(), FOLDER / "positions.safetensors")

    save("malicious.pth", {"model": Malicious()})
    save("malicious-legacy.pth", Malicious(), _use_new_zipfile_serialization=False)
    (FOLDER / "malicious.pkl").write_bytes(pickle.dumps(Malicious(), protocol=4))
    repack("zip.pth", "compressed.pth", lambda name, old: (old, zipfile.ZIP_DEFLATED))
    bomb = lambda name, old: (bytes(1 << 24), zipfile.ZIP_DEFLATED)  # noqa: E731
    repack("zip.pth", "bomb.pth", lambda n, old: bomb(n, old) if n.endswith("data/0") else (old, 0))

    versions = {
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "safetensors": safetensors.__version__,
        "onnx": onnx.__version__,
        "python": platform.python_version(),
    }
    (FOLDER / "versions.json").write_text(json.dumps(versions, indent=2) + "\n")
    for path in sorted(FOLDER.iterdir()):
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
