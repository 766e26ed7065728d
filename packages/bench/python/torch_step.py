"""A training step of DeiT in PyTorch, eager or compiled, as a competitor of `pnpm exp bench`.

    python torch_step.py --versions
    python torch_step.py '{"model": {...}, "batchSize": 8, "threads": 2, "device": "cpu", "classRow": false,
                           "precision": "float32", "compiled": false}'

The protocol is that of `src/processes/protocol.ts`: one JSON object per line, requests on stdin, replies on stdout.

The model is timm's VisionTransformer if timm can be imported, else the same model in torch.nn (torch_vit.py). timm
imports torchvision, of which this model uses nothing: where torchvision is missing or does not fit this PyTorch, an
empty module takes its place. AdamW is the faster one of PyTorch's two implementations, `foreach` and `fused`. In `bfloat16`
and `float16` the forward pass runs under torch.autocast; float16 scales the loss with torch.amp.GradScaler. Images are on the device as normalised float32, whereas the step of this project normalises them itself.
"""

import importlib.abc
import importlib.machinery
import json
import math
import platform
import sys
import time
import types


def say(line):
    print(json.dumps(line), flush=True)


try:
    import torch
    import torch.nn.functional as F
    from torch import nn
    from torch_vit import PlainVit, vit_arguments
except ImportError as error:
    say({"error": f"no PyTorch can be imported ({error})"})
    sys.exit(1)


class AnyName(type):
    """A class that has every attribute, so that it can stand for an enumeration."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return name


class EmptyTorchvision(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """`torchvision` and its submodules, in which every name is an empty class."""

    def find_spec(self, name, path, target=None):
        if name.split(".")[0] != "torchvision":
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__getattr__ = self.empty_class
        return module

    @staticmethod
    def empty_class(name):
        if name.startswith("__"):
            raise AttributeError(name)
        return AnyName(name, (), {})

    def exec_module(self, module):
        pass


def import_timm():
    """timm's VisionTransformer and its version; if it cannot be imported, None and the reason."""
    without = ""
    try:
        import torchvision  # noqa: F401
    except (ImportError, RuntimeError):  # it is missing, or was built for another PyTorch
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]  # what was imported before it failed
        sys.meta_path.insert(0, EmptyTorchvision())
        without = " (without torchvision)"
    try:
        import timm
        from timm.models.vision_transformer import VisionTransformer
    except Exception as error:  # timm does not fit this PyTorch, or the empty torchvision
        return None, f"its own model, for timm cannot be imported ({error})"
    return VisionTransformer, f"timm {timm.__version__}{without}"


class ClassRow(nn.Module):
    """The same function of the same weights, whose last block computes the class token's row alone."""

    def __init__(self, vit):
        super().__init__()
        self.vit = vit

    def forward(self, images):
        vit = self.vit
        x = vit._pos_embed(vit.patch_embed(images))
        x = vit.blocks[:-1](x)
        return vit.head(vit.norm(self.last_block(vit.blocks[-1], x))[:, 0])

    @staticmethod
    def last_block(block, x):
        B, T, D = x.shape
        attn = block.attn
        heads = attn.num_heads if hasattr(attn, "num_heads") else attn.heads
        z = block.norm1(x)
        weight_q, weight_kv = attn.qkv.weight.split([D, 2 * D])
        bias_q, bias_kv = attn.qkv.bias.split([D, 2 * D])
        q = F.linear(z[:, :1], weight_q, bias_q).reshape(B, 1, heads, D // heads).transpose(1, 2)
        kv = F.linear(z, weight_kv, bias_kv).reshape(B, T, 2, heads, D // heads)
        k, v = kv.permute(2, 0, 3, 1, 4).unbind(0)
        attended = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(B, 1, D)
        x = x[:, :1] + attn.proj(attended)
        return x + block.mlp(block.norm2(x))


def build(vit_class, model, class_row):
    vit = vit_class(**vit_arguments(model))
    if not class_row:
        return vit
    shortened = ClassRow(vit)
    images = torch.randn(2, 3, model["imageSize"], model["imageSize"])
    with torch.no_grad():
        difference = (vit(images) - shortened(images)).abs().max().item()
    if difference > 1e-4:
        raise AssertionError(f"expected the class row alone to give the same logits, off by {difference}")
    return shortened


def faster_adamw(module, synchronize):
    """The optimiser whose step on zero gradients takes less time, and its name. No weight changes."""
    parameters = list(module.parameters())
    for parameter in parameters:
        parameter.grad = torch.zeros_like(parameter)
    names = ["foreach", "fused"]
    no_change = {"lr": 0.0, "weight_decay": 0.0}
    optimizers = {name: torch.optim.AdamW(parameters, **no_change, **{name: True}) for name in names}
    least = dict.fromkeys(names, math.inf)
    for _ in range(8):
        for name, optimizer in optimizers.items():
            start = time.perf_counter()
            optimizer.step()
            synchronize()
            least[name] = min(least[name], time.perf_counter() - start)
    best = min(least, key=least.get)
    return torch.optim.AdamW(parameters, lr=9e-5, weight_decay=0.01, **{best: True}), best


def peak_memory():
    """The most resident memory of this process so far, in bytes (see `peakMemory` in src/machine.ts)."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return 1024 * int(line.split()[1])
    except OSError:
        pass
    import resource  # not on Windows

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


def open_step(vit_class, task):
    """A function that takes one training step, and the name of the optimiser."""
    device = task["device"]
    torch.set_num_threads(task["threads"])
    torch.manual_seed(0)
    synchronize = torch.cuda.synchronize if device == "cuda" else lambda: None
    model, batch = task["model"], task["batchSize"]
    module = build(vit_class, model, task["classRow"]).to(device).train()
    optimizer, adamw = faster_adamw(module, synchronize)
    forward = torch.compile(module) if task["compiled"] else module
    precision = getattr(torch, task["precision"])
    mixed = torch.autocast(device, dtype=precision, enabled=precision != torch.float32)
    scaler = torch.amp.GradScaler(device, enabled=precision == torch.float16)
    images = torch.randn(batch, 3, model["imageSize"], model["imageSize"], device=device)
    labels = torch.arange(batch, device=device) % model["classes"]

    def step():
        optimizer.zero_grad(set_to_none=True)
        with mixed:
            loss = F.cross_entropy(forward(images), labels)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        return loss.item()  # waits for the device

    return step, adamw


def main():
    vit_class, model = import_timm()
    versions = ", ".join(
        [f"PyTorch {torch.__version__}", model, f"Python {platform.python_version()}"]
    )
    if sys.argv[1:] == ["--versions"]:
        return say({"ready": versions, "notes": ["cuda"] if torch.cuda.is_available() else []})
    step, adamw = open_step(vit_class or PlainVit, json.loads(sys.argv[1]))
    for _ in range(3):
        step()
    say({"ready": versions, "notes": [f"AdamW is `{adamw}`, the faster one here"]})
    for line in sys.stdin:
        seconds = []
        for _ in range(json.loads(line)["steps"]):
            start = time.perf_counter()
            step()
            seconds.append(time.perf_counter() - start)
        say({"seconds": seconds, "peak": peak_memory()})


main()
