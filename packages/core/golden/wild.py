"""Weights as scripts of this field save them, for the readers of @mvt/core.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 numpy safetensors onnx onnxscript
    .venv/bin/python packages/core/golden/wild.py

One tiny DeiT, with one block, in what wrappers, training scripts, sharding and exporters make of it. `plain.safetensors`
holds its parameters under timm's names. `versions.json` records what the files were made with.
"""

import argparse
import collections
import datetime
import json
import pathlib
import platform
import random
import sys
import types
import uuid
from pathlib import Path

import numpy
import onnx
import onnxscript
import safetensors
import torch
from make import Vit
from onnx import TensorProto, helper
from onnx.external_data_helper import convert_model_to_external_data
from safetensors.torch import save_file

FOLDER = Path(__file__).parent.parent / "test" / "golden" / "wild"
SHAPE = {"image": 12, "patch": 4, "width": 4, "depth": 1, "heads": 2, "ratio": 2, "classes": 3}

torch.set_default_dtype(torch.float32)  # make.py works in float64


class AttributeDict(dict):
    """Lightning's, under which it saves hyper-parameters."""


def stand_in(module, cls):
    """Pickles `cls` under the name of a package that is not needed here."""
    parts = module.split(".")
    for i in range(len(parts)):
        name = ".".join(parts[: i + 1])
        sys.modules.setdefault(name, types.ModuleType(name))
    setattr(sys.modules[module], cls.__name__, cls)
    cls.__module__ = module


def save(name, value, **options):
    torch.save(value, FOLDER / name, **options)


def inert():
    """Values that training scripts put beside tensors, none of them code."""
    counts = collections.Counter(["a", "b", "a"])
    groups = collections.defaultdict(list, {"decay": [1, 2]})
    return argparse.Namespace(
        model="deit_small_patch16_224",
        output_dir=pathlib.PosixPath("runs/deit"),
        data_path=pathlib.PurePosixPath("data"),
        windows=pathlib.PureWindowsPath("C:/data"),
        device=torch.device("cuda:0"),
        dtype=torch.float16,
        layout=torch.strided,
        size=torch.Size([224, 224]),
        version=torch.torch_version.TorchVersion(torch.__version__),
        started=datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc),
        day=datetime.date(2026, 1, 2),
        took=datetime.timedelta(seconds=5),
        accuracy=numpy.float64(0.81),
        loss=numpy.float32(0.5),
        best_epoch=numpy.int64(7),
        confusion=numpy.arange(6).reshape(2, 3),
        means=numpy.array([0.5], dtype=numpy.float32),
        frozen=frozenset({"norm"}),
        skipped={"head.weight", "head.bias"},
        blob=b"\x00\x01",
        long_blob=bytes(300),
        buffer=bytearray(b"ab"),
        ratio=complex(1, 2),
        crops=range(3),
        part=slice(1, 2),
        counts=counts,
        groups=groups,
        ordered=collections.OrderedDict([("a", 1)]),
        queue=collections.deque([0.1, 0.2], maxlen=5),
        run=uuid.UUID(int=7),
        nested=types.SimpleNamespace(lr=1e-4),
        python_random=random.Random(1).getstate()[:1],
        numpy_random=numpy.random.RandomState(1).get_state(),
        large=2**70,
        nothing=None,
    )


def containers(weights, other):
    """The dictionaries that scripts keep a state_dict in."""
    state = torch.optim.AdamW(list(Vit(**SHAPE).parameters())[:1])
    optimizer = {**state.state_dict(), "state": {0: {"step": torch.tensor(3.0)}}}
    loss = torch.tensor(0.5)
    return {
        "model-ema": {"model_ema": weights, "epoch": 3},
        "ema": {"ema": weights, "optimizer": optimizer, "loss": loss},
        "named": {"model": {"name": "deit_tiny"}, "state_dict": weights},
        "deep": {"state": {"epoch": 3, "net": weights}, "loss": loss},
        "deit": {"model": weights, "model_ema": other, "optimizer": optimizer, "epoch": 3},
        "dino": {
            "student": {f"module.backbone.{n}": t for n, t in other.items()},
            "teacher": {
                **{f"backbone.{n}": t for n, t in weights.items()},
                "head.mlp.0.weight": torch.zeros(2, 4),
            },
        },
        "no-tensors": {"model": {"name": "deit_tiny"}, "config": {"lr": 0.1}, "epoch": 3},
    }


def wrapped(model):
    """The same network in the wrappers of PyTorch; nothing is compiled, since nothing is called."""
    parallel = torch.nn.DataParallel
    averaged = torch.optim.swa_utils.AveragedModel
    return {
        "averaged": averaged(model),
        "parallel-compiled": parallel(torch.compile(model)),
        "compiled-parallel": torch.compile(parallel(model)),
        "averaged-compiled-parallel": averaged(torch.compile(parallel(model))),
    }


def lightning(weights):
    """A checkpoint of a LightningModule that holds a network, a loss with a buffer, and a metric."""
    stand_in("lightning.fabric.utilities.data", AttributeDict)
    return {
        "epoch": 3,
        "global_step": 120,
        "pytorch-lightning_version": "2.5.0",
        "state_dict": {
            **{f"model.{name}": tensor for name, tensor in weights.items()},
            "criterion.weight": torch.ones(3),
            "train_acc.tp": torch.tensor([1, 2, 3]),
            "val_loss.mean_value": torch.tensor(0.5),
        },
        "callbacks": {"ModelCheckpoint{'monitor': None}": {"best_model_score": torch.tensor(0.8)}},
        "optimizer_states": [{"state": {0: {"exp_avg": torch.zeros(2)}}, "param_groups": []}],
        "hparams_name": "kwargs",
        "hyper_parameters": AttributeDict(lr=1e-4, path=pathlib.PosixPath("data")),
    }


def eights(kinds):
    """All 256 numbers that eight bits can be, per type."""
    return {n: torch.arange(256, dtype=torch.uint8).view(kind) for n, kind in kinds.items()}


EIGHTS = {"e4m3": torch.float8_e4m3fn, "e5m2": torch.float8_e5m2}


def shard(weights):
    """Two files and their index, as transformers saves large models."""
    names = sorted(weights)
    files = {
        f"model-{i + 1:05}-of-00002.safetensors": {n: weights[n] for n in names[i::2]}
        for i in range(2)
    }
    for name, part in files.items():
        save_file(part, FOLDER / name, metadata={"format": "pt"})
    index = {
        "metadata": {"total_size": sum(t.numel() * 4 for t in weights.values())},
        "weight_map": {n: name for name, part in files.items() for n in part},
    }
    (FOLDER / "model.safetensors.index.json").write_text(json.dumps(index, indent=1) + "\n")


def export(model):
    """An ONNX model of torch.onnx.export, with its numbers in a file beside it."""
    image = torch.zeros(1, 3, SHAPE["image"], SHAPE["image"])
    target = FOLDER / "dynamo.onnx"
    torch.onnx.export(
        model, (image,), target, dynamo=True, optimize=False, external_data=True, verbose=False
    )
    made = onnx.load(target, load_external_data=False)
    graph = made.graph
    for part in [made, graph, *graph.node, *graph.input, *graph.output, *graph.value_info]:
        del part.metadata_props[:]  # stack traces: where this machine keeps its files
    del graph.value_info[:]
    target.write_bytes(made.SerializeToString())
    # The helper of onnx, which PyTorch before 2.5 and most scripts use: one file per tensor.
    tensors = [
        helper.make_tensor(n, TensorProto.FLOAT, t.shape, t.numpy().tobytes(), raw=True)
        for n, t in model.state_dict().items()
    ]
    graph = helper.make_graph([], "weights", [], [], initializer=tensors)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    convert_model_to_external_data(
        made, all_tensors_to_one_file=True, location="helper.onnx.data", size_threshold=64
    )
    onnx.save(made, FOLDER / "helper.onnx")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    torch.manual_seed(11)
    model = Vit(**SHAPE).eval()
    weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    other = {name: torch.zeros_like(tensor) for name, tensor in weights.items()}
    save_file(weights, FOLDER / "plain.safetensors")

    for name, wrapper in wrapped(model).items():
        save(f"{name}.pth", wrapper.state_dict())
    for name, value in containers(weights, other).items():
        save(f"{name}.pth", value)
    save("lightning.ckpt", lightning(weights))
    beside = {"model": weights, "args": inert(), "best_acc": numpy.float64(0.81)}
    save("inert.pth", beside)
    save("inert-protocol4.pth", beside, pickle_protocol=4)
    save("inert-legacy.pth", beside, _use_new_zipfile_serialization=False)

    tagged = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    tagged.no_weight_decay = True
    save("parameter-with-state.pth", {"x": tagged})

    save("float8.pth", eights(EIGHTS))
    save_file(eights(EIGHTS), FOLDER / "float8.safetensors")
    expected = {name: tensor.float() for name, tensor in eights(EIGHTS).items()}
    save_file(expected, FOLDER / "float8-expected.safetensors")
    shard(weights)
    export(model)

    versions = {
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "safetensors": safetensors.__version__,
        "onnx": onnx.__version__,
        "onnxscript": onnxscript.__version__,
        "python": platform.python_version(),
    }
    (FOLDER / "versions.json").write_text(json.dumps(versions, indent=2) + "\n")
    for path in sorted(FOLDER.iterdir()):
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
