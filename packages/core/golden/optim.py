"""What timm and PyTorch make of a small network in ten steps with the options of a fine-tuning recipe.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 torchvision timm==1.0.29 safetensors
    .venv/bin/python packages/core/golden/optim.py

Writes test/golden/optim.safetensors: the starting weights under their names, two batches that take turns, and the
weights after the last step under `OPTION/NAME`. Computed in float64 and stored in float32.
"""

import copy
import platform
from pathlib import Path

import safetensors
import timm
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from timm.models.vision_transformer import VisionTransformer
from timm.optim import param_groups_layer_decay
from timm.utils import ModelEmaV3

FILE = Path(__file__).parent.parent / "test" / "golden" / "optim.safetensors"
VERSIONS = {
    "timm": timm.__version__,
    "torch": torch.__version__,
    "safetensors": safetensors.__version__,
    "python": platform.python_version(),
}
STEPS = 10
LEARNING_RATE = 1e-2
# The gradient of a key's bias is rounding alone, and a smaller epsilon would make a step of it.
ADAMW = {"betas": (0.9, 0.99), "eps": 1e-4}
MEAN, STD = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])

torch.set_default_dtype(torch.float64)
torch.manual_seed(18)


def network():
    """As a DINOv2 with registers, so that every kind of parameter is there."""
    model = VisionTransformer(
        img_size=16, patch_size=8, embed_dim=8, depth=2, num_heads=2, mlp_ratio=2, num_classes=3,
        init_values=0.5, reg_tokens=2, no_embed_class=True,
    )
    with torch.no_grad():
        for p in model.parameters():
            p.add_(torch.randn_like(p) * 0.2)
    return model.train()


START = network()
BATCHES = [(torch.randint(0, 256, (4, 16, 16, 3)), torch.randint(0, 3, (4,))) for _ in range(2)]


def loss_of(model, step):
    images, labels = BATCHES[step % 2]
    return F.cross_entropy(model(((images / 255 - MEAN) / STD).permute(0, 3, 1, 2)), labels)


def train(model, optimizer, take=None, after=None):
    """Ten steps; `take` replaces the plain step, `after` follows each."""
    for step in range(STEPS):
        optimizer.zero_grad()
        loss_of(model, step).backward()
        take(step) if take else optimizer.step()
        if after:
            after()
    return dict(model.named_parameters())


def decayed(model, weight_decay):
    """Weight decay on what timm lets decay: matrices, no tokens and no position embeddings."""
    skip = model.no_weight_decay()
    no = [p for n, p in model.named_parameters() if p.ndim <= 1 or n in skip]
    yes = [p for n, p in model.named_parameters() if p.ndim > 1 and n not in skip]
    return [{"params": no, "weight_decay": 0.0}, {"params": yes, "weight_decay": weight_decay}]


def layer_decay():
    """timm's groups of parameters, with their scales as its schedulers apply them."""
    model = copy.deepcopy(START)
    groups = param_groups_layer_decay(
        model, weight_decay=0.05, no_weight_decay_list=model.no_weight_decay(), layer_decay=0.65
    )
    for group in groups:
        group["lr"] = LEARNING_RATE * group["lr_scale"]
    return train(model, torch.optim.AdamW(groups, **ADAMW))


def ema():
    model = copy.deepcopy(START)
    average = ModelEmaV3(model, decay=0.8)
    optimizer = torch.optim.AdamW(decayed(model, 0.05), lr=LEARNING_RATE, **ADAMW)
    train(model, optimizer, after=lambda: average.update(model))
    return dict(average.module.named_parameters())


def sam(base, rho, adaptive=False, clip=None):
    """Sharpness-aware minimisation from its papers, arXiv:2010.01412 (algorithm 1) and 2102.11600 (section 3.2)."""
    model = copy.deepcopy(START)
    parameters = list(model.parameters())
    optimizer = base(model)

    def take(step):
        with torch.no_grad():
            factors = [p.abs() if adaptive else torch.ones_like(p) for p in parameters]
            norm = sum(((t * p.grad) ** 2).sum() for t, p in zip(factors, parameters)).sqrt()
            before = [p.clone() for p in parameters]
            for t, p in zip(factors, parameters):
                p.add_(rho * t**2 * p.grad / (norm + 1e-12))
        optimizer.zero_grad()
        loss_of(model, step).backward()
        with torch.no_grad():
            for p, value in zip(parameters, before):
                p.copy_(value)
        if clip:
            torch.nn.utils.clip_grad_norm_(parameters, clip)
        optimizer.step()

    return train(model, optimizer, take=take)


def sgd(model):
    return torch.optim.SGD(decayed(model, 5e-4), lr=LEARNING_RATE, momentum=0.9)


def adamw(model):
    return torch.optim.AdamW(decayed(model, 0.05), lr=LEARNING_RATE, **ADAMW)


OPTIONS = {
    "layer-decay": layer_decay,
    "ema": ema,
    "sam-sgd": lambda: sam(sgd, rho=0.1),
    "sam-adamw": lambda: sam(adamw, rho=0.1, clip=0.5),
    "sam-adaptive": lambda: sam(adamw, rho=0.5, adaptive=True),
}

if __name__ == "__main__":
    arrays = dict(START.named_parameters())
    for i, (images, labels) in enumerate(BATCHES):
        arrays |= {f"images.{i}": images, f"labels.{i}": labels}
    for option, make in OPTIONS.items():
        arrays |= {f"{option}/{name}": p for name, p in make().items()}
    stored = {k: v.detach().to(torch.float32).contiguous() for k, v in arrays.items()}
    save_file(stored, FILE, metadata=VERSIONS)
    print(sum(v.numel() for v in stored.values()), "numbers")
