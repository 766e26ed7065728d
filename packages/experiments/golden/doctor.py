"""The values that `pnpm exp doctor` compares an engine with: operators, and one training step, from PyTorch.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 numpy safetensors
    .venv/bin/python packages/experiments/golden/doctor.py

Everything is computed in float64 and stored in float32. The operators' names are those of src/training/golden-values.ts.
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "packages" / "core" / "golden"))
from make import VERSIONS, Vit  # noqa: E402

FILE = ROOT / "packages" / "experiments" / "src" / "training" / "golden-values.safetensors"

torch.set_default_dtype(torch.float64)
torch.manual_seed(20)


def operators():
    """By name: the inputs and the result."""
    x, wide, positive = torch.randn(5, 12), torch.randn(4, 7) * 20, torch.rand(5, 12) + 0.5
    q, k = torch.randn(2, 3, 5, 8), torch.randn(2, 3, 6, 8)
    weight, bias, gamma, beta = torch.randn(9, 12), torch.randn(9), torch.randn(12), torch.randn(12)
    return {
        "exp": ([x], x.exp()),
        "log": ([positive], positive.log()),
        "sqrt": ([positive], positive.sqrt()),
        "division": ([x, positive], x / positive),
        "comparison": ([x, positive], torch.where(x > positive, x, positive * 2)),
        "sigmoid": ([x], x.sigmoid()),
        "gelu": ([x * 2], F.gelu(x * 2)),
        "softmax": ([wide], wide.softmax(-1)),
        "log-softmax": ([wide], wide.log_softmax(-1)),
        "layer norm": ([x, gamma, beta], F.layer_norm(x, (12,), gamma, beta, eps=1e-6)),
        "matrix product": ([q, k], q @ k.transpose(-1, -2) / 8**0.5),
        "linear layer": ([x, weight, bias], F.linear(x, weight, bias)),
        "sum": ([q], q.sum((1, 3))),
        "transpose": ([q], q.permute(0, 2, 1, 3).contiguous()),
        "slice and concatenation": ([x], torch.cat([x[:, 3:7], x[:, :2]], 1)),
    }


# A rate so high that the change of a parameter is large beside its rounding.
LEARNING_RATE, BETAS, DECAY = 0.1, (0.9, 0.999), 0.05


def decays(name, p):
    """As `decaysMatrices` of @mvt/core: no biases, norms, and embeddings with a leading 1."""
    return p.ndim > 1 and p.shape[0] != 1


def training_step():
    """The first step of AdamW on a batch of four images: parameters before and after, loss, probabilities, first moments."""
    model = Vit(image=16, patch=8, width=16, depth=2, heads=2, ratio=2, classes=7)
    images, labels = torch.randint(0, 256, (4, 16, 16, 3)), torch.tensor([4, 0, 2, 6])
    before = {f"before/{n}": p.detach().clone() for n, p in model.named_parameters()}
    groups = [
        {"params": [p], "weight_decay": DECAY if decays(n, p) else 0.0}
        for n, p in model.named_parameters()
    ]
    optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=BETAS)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    logits = model(((images / 255 - mean) / std).permute(0, 3, 1, 2))
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    optimizer.step()
    after = {f"after/{n}": p for n, p in model.named_parameters()}
    moments = {f"m/{n}": optimizer.state[p]["exp_avg"] for n, p in model.named_parameters()}
    return {
        "images": images,
        "labels": labels,
        "loss": loss,
        "probabilities": logits.softmax(-1),
        **before,
        **after,
        **moments,
    }


tensors = {f"step/{name}": value for name, value in training_step().items()}
for name, (inputs, result) in operators().items():
    tensors |= {f"{name}/{i}": value for i, value in enumerate(inputs)} | {f"{name}/y": result}
stored = {k: v.detach().to(torch.float32).contiguous().clone() for k, v in tensors.items()}
save_file(stored, FILE, metadata=VERSIONS)
print(FILE.name, sum(v.numel() for v in stored.values()), "numbers")
