"""Soft targets, weighted losses, stochastic depth and dropout of PyTorch and timm, for @mvt/core.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 timm==1.0.29 safetensors
    .venv/bin/python packages/core/golden/regularisation.py

In test/golden/: soft-losses.safetensors, losses of one batch of logits with their gradients, and the weights of
classes; drop.safetensors, a small network of timm in training, with the factors that its DropPath and its head's
Dropout drew, its logits, loss and gradients. Computed in float64 and stored in float32.
"""

import platform
from pathlib import Path

import numpy
import safetensors
import timm
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from timm.data.mixup import mixup_target
from timm.layers.drop import drop_path
from timm.loss import LabelSmoothingCrossEntropy, SoftTargetCrossEntropy
from timm.models.vision_transformer import VisionTransformer

FOLDER = Path(__file__).parent.parent / "test" / "golden"
VERSIONS = {
    "timm": timm.__version__,
    "torch": torch.__version__,
    "numpy": numpy.__version__,
    "safetensors": safetensors.__version__,
    "python": platform.python_version(),
}
COUNTS = numpy.array([40, 3, 12, 25, 1])
SMOOTHING, LAMBDA, BETA, RATE, DROPOUT = 0.1, 0.3, 0.99, 0.5, 0.25
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]

torch.set_default_dtype(torch.float64)


def save(name, tensors):
    stored = {k: torch.as_tensor(v).detach().float().contiguous() for k, v in tensors.items()}
    save_file(stored, FOLDER / f"{name}.safetensors", metadata=VERSIONS)
    print(name, sum(v.numel() for v in stored.values()), "numbers")


def soft_losses():
    K = len(COUNTS)
    logits = (torch.randn(6, K) * 3).requires_grad_()
    labels = torch.tensor([0, 3, 4, 2, 2, 1])
    # scikit-learn's class_weight="balanced", and Cui et al., Eq. 12, scaled so that the weights sum to K
    weighted = torch.as_tensor(COUNTS.sum() / (K * COUNTS))
    effective = (1 - numpy.power(BETA, COUNTS)) / (1 - BETA)
    balanced = torch.as_tensor(1 / effective / numpy.sum(1 / effective) * K)
    mixed = mixup_target(labels, K, lam=LAMBDA, smoothing=SMOOTHING)
    losses = {
        "smoothed": F.cross_entropy(logits, labels, label_smoothing=SMOOTHING),
        "class-weighted": F.cross_entropy(logits, labels, weight=weighted),
        "class-balanced": F.cross_entropy(logits, labels, weight=balanced),
        "weighted-smoothed": F.cross_entropy(
            logits, labels, weight=weighted, label_smoothing=SMOOTHING
        ),
        "mixed": SoftTargetCrossEntropy()(logits, mixed),
        # Ren et al., as their own code has it: log n_k is added to the logits.
        "balanced-softmax": F.cross_entropy(logits + torch.as_tensor(COUNTS).log(), labels),
    }
    assert torch.allclose(losses["smoothed"], LabelSmoothingCrossEntropy(SMOOTHING)(logits, labels))
    result = {
        "logits": logits,
        "labels": labels,
        "counts": COUNTS,
        "weights.class-weighted": weighted,
        "weights.class-balanced": balanced,
        "targets.mixed": mixed,
    }
    for name, loss in losses.items():
        result[name] = loss
        (result[f"d_{name}"],) = torch.autograd.grad(loss, logits)
    return result


class Recorded(torch.nn.Module):
    """Multiplies by factors that `draw` makes of ones [B, ...], once, and keeps them."""

    def __init__(self, draw):
        super().__init__()
        self.draw, self.factors = draw, None

    def forward(self, x):
        ones = torch.ones(len(x), *([1] * (x.ndim - 1))) if x.ndim == 3 else torch.ones_like(x)
        self.factors = self.draw(ones)
        return x * self.factors


def drop():
    model = VisionTransformer(
        img_size=8,
        patch_size=4,
        embed_dim=12,
        depth=3,
        num_heads=3,
        mlp_ratio=2,
        num_classes=5,
        drop_path_rate=RATE,
        drop_rate=DROPOUT,
    )
    with torch.no_grad():  # away from where timm starts, so that every parameter matters
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    rates, paths = [], []
    for block in model.blocks:
        for name in ["drop_path1", "drop_path2"]:
            rate = getattr(getattr(block, name), "drop_prob", 0.0)  # Identity at 0
            rates.append(rate)
            paths.append(Recorded(lambda ones, rate=rate: drop_path(ones, rate, True)))
            setattr(block, name, paths[-1])
    assert isinstance(model.head_drop, torch.nn.Dropout)
    head = model.head_drop = Recorded(lambda ones: F.dropout(ones, DROPOUT))
    model.train()
    images = torch.randint(0, 256, (4, 8, 8, 3))
    labels = torch.tensor([4, 0, 2, 2])
    pixels = (images / 255 - torch.tensor(MEAN)) / torch.tensor(STD)
    logits = model(pixels.permute(0, 3, 1, 2))
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    paths = torch.cat([path.factors.reshape(-1, 1) for path in paths], 1)
    assert (paths == 0).any() and (head.factors == 0).any()
    return {
        "images": images,
        "labels": labels,
        "rates": rates,
        "paths": paths,
        "features": head.factors,
        "logits": logits,
        "loss": loss,
        **dict(model.named_parameters()),
        **{f"d_{name}": p.grad for name, p in model.named_parameters()},
    }


if __name__ == "__main__":
    torch.manual_seed(5)
    save("soft-losses", soft_losses())
    save("drop", drop())
