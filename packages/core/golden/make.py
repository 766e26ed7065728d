"""Golden values from PyTorch for @mvt/core, as safetensors that record the versions they came from.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 numpy safetensors
    .venv/bin/python packages/core/golden/make.py            # all files
    .venv/bin/python packages/core/golden/make.py sgd adamw  # some

Everything is computed in float64 and stored in float32, so the rounding is ours and not PyTorch's.
"""

import math
import platform
import sys
from pathlib import Path

import numpy
import safetensors
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

FOLDER = Path(__file__).parent.parent / "test" / "golden"
VERSIONS = {
    "torch": torch.__version__,
    "numpy": numpy.__version__,
    "safetensors": safetensors.__version__,
    "python": platform.python_version(),
}

torch.set_default_dtype(torch.float64)


def save(name, tensors):
    FOLDER.mkdir(parents=True, exist_ok=True)
    stored = {k: v.detach().to(torch.float32).contiguous() for k, v in tensors.items()}
    save_file(stored, FOLDER / f"{name}.safetensors", metadata=VERSIONS)
    print(name, sum(v.numel() for v in stored.values()), "numbers")


def with_gradients(inputs, output):
    """The output, a random direction dy, and the gradients of sum(output * dy)."""
    dy = torch.randn_like(output)
    gradients = torch.autograd.grad((output * dy).sum(), list(inputs.values()))
    return {
        **inputs,
        "y": output,
        "dy": dy,
        **{f"d_{name}": g for name, g in zip(inputs, gradients)},
    }


def leaf(*shape, scale=1.0):
    return (torch.randn(*shape) * scale).requires_grad_()


def layer_norm():
    x, gamma, beta = leaf(5, 12, scale=3.0), leaf(12), leaf(12)
    y = F.layer_norm(x, (12,), gamma, beta, eps=1e-6)
    return with_gradients({"x": x, "gamma": gamma, "beta": beta}, y)


def gelu():
    x = torch.linspace(-6, 6, 61).requires_grad_()
    return with_gradients({"x": x}, F.gelu(x))


def softmax():
    x = leaf(4, 7, scale=20.0)
    return with_gradients({"x": x}, F.softmax(x, dim=-1))


def log_softmax():
    x = leaf(4, 7, scale=20.0)
    return with_gradients({"x": x}, F.log_softmax(x, dim=-1))


def cross_entropy():
    logits = leaf(6, 7, scale=4.0)
    labels = torch.tensor([0, 3, 6, 2, 2, 5])
    loss = F.cross_entropy(logits, labels)
    (gradient,) = torch.autograd.grad(loss, logits)
    return {"logits": logits, "labels": labels, "loss": loss, "d_logits": gradient}


class Attention(nn.Module):
    """Multi-head self-attention with PyTorch's scaled_dot_product_attention."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        B, T, D = x.shape
        qkv = self.qkv(x).reshape(B, T, 3, self.heads, D // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(q, k, v)
        return self.proj(attended.transpose(1, 2).reshape(B, T, D))


def attention():
    module = Attention(12, 3)
    x = leaf(2, 5, 12)
    return with_gradients({"x": x, **dict(module.named_parameters())}, module(x))


class Block(nn.Module):
    def __init__(self, width, heads, ratio):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential()
        self.mlp.add_module("fc1", nn.Linear(width, ratio * width))
        self.mlp.add_module("act", nn.GELU())
        self.mlp.add_module("fc2", nn.Linear(ratio * width, width))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Vit(nn.Module):
    """A vision transformer with timm's parameter names, written against torch.nn alone."""

    def __init__(self, image, patch, width, depth, heads, ratio, classes):
        super().__init__()
        self.cls_token = nn.Parameter(torch.randn(1, 1, width) * 0.5)
        self.pos_embed = nn.Parameter(torch.randn(1, (image // patch) ** 2 + 1, width) * 0.5)
        self.patch_embed = nn.Module()
        self.patch_embed.proj = nn.Conv2d(3, width, patch, stride=patch)
        self.blocks = nn.ModuleList(Block(width, heads, ratio) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)

    def forward(self, images):
        x = self.patch_embed.proj(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], dim=1) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


def deit():
    """A small DeiT on image bytes: logits, loss and the gradient of every parameter."""
    model = Vit(image=16, patch=4, width=24, depth=2, heads=3, ratio=4, classes=5)
    with torch.no_grad():  # norms away from 1 and 0, so that their gradients are exercised
        for name, p in model.named_parameters():
            if "norm" in name:
                p.add_(torch.randn_like(p) * 0.2)
    images = torch.randint(0, 256, (3, 16, 16, 3))
    labels = torch.tensor([4, 0, 2])
    mean = torch.tensor([0.485, 0.456, 0.406])
    std = torch.tensor([0.229, 0.224, 0.225])
    logits = model(((images / 255 - mean) / std).permute(0, 3, 1, 2))
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    return {
        "images": images,
        "labels": labels,
        "logits": logits,
        "loss": loss,
        **dict(model.named_parameters()),
        **{f"d_{name}": p.grad for name, p in model.named_parameters()},
    }


def five_steps(make_optimizer, weight_decay):
    """Five steps of an optimiser with decay on one parameter only, and clipped gradients."""
    matrix, bias = leaf(3, 4), leaf(4)
    target = torch.randn(3, 4)
    result = {"matrix": matrix.detach().clone(), "bias": bias.detach().clone(), "target": target}
    optimizer = make_optimizer(
        [
            {"params": [matrix], "weight_decay": weight_decay},
            {"params": [bias], "weight_decay": 0.0},
        ]
    )
    for step in range(1, 6):
        optimizer.zero_grad()
        loss = ((matrix + bias - target) ** 2).sum()
        loss.backward()
        nn.utils.clip_grad_norm_([matrix, bias], 1.0)
        optimizer.step()
        result[f"matrix.{step}"] = matrix.detach().clone()
        result[f"bias.{step}"] = bias.detach().clone()
    return result


def adamw():
    return five_steps(
        lambda groups: torch.optim.AdamW(groups, lr=1e-2, betas=(0.9, 0.99), eps=1e-8), 0.05
    )


def sgd():
    return five_steps(lambda groups: torch.optim.SGD(groups, lr=1e-2, momentum=0.9), 0.05)


def sgd_nesterov():
    return five_steps(
        lambda groups: torch.optim.SGD(groups, lr=1e-2, momentum=0.8, nesterov=True), 0.0
    )


def sgd_plain():
    return five_steps(lambda groups: torch.optim.SGD(groups, lr=1e-2), 0.05)


MAKERS = [
    layer_norm,
    gelu,
    softmax,
    log_softmax,
    cross_entropy,
    attention,
    deit,
    adamw,
    sgd,
    sgd_nesterov,
    sgd_plain,
]

if __name__ == "__main__":
    for make in [make for make in MAKERS if make.__name__ in (sys.argv[1:] or [make.__name__])]:
        torch.manual_seed(len(make.__name__) + math.floor(math.pi))
        save(make.__name__.replace("_", "-"), make())
