"""Golden values from PyTorch for @mvt/mgn, as safetensors that record the versions they came from.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 numpy safetensors
    .venv/bin/python packages/mgn/golden/make.py

Everything is computed in float64 and stored in float32, so the rounding is ours and not PyTorch's.
"""

import platform
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
MEAN = torch.tensor([0.485, 0.456, 0.406], dtype=torch.float64)
STD = torch.tensor([0.229, 0.224, 0.225], dtype=torch.float64)

torch.set_default_dtype(torch.float64)


def save(name, tensors):
    FOLDER.mkdir(parents=True, exist_ok=True)
    stored = {k: v.detach().to(torch.float32).contiguous() for k, v in tensors.items()}
    save_file(stored, FOLDER / f"{name}.safetensors", metadata=VERSIONS)
    print(name, sum(v.numel() for v in stored.values()), "numbers")


def variance(logits):
    """Eq. 3, per image: torch.var divides by K - 1."""
    return F.softmax(logits, dim=-1).var(dim=-1, unbiased=True)


def generator_loss(logits, masks, m, per_image=True):
    """Eq. 2, per image and averaged; or with one M_avg for the batch."""
    area = (masks.mean(dim=1) - m).abs().mean() if per_image else (masks.mean() - m).abs()
    return variance(logits).mean() + area


def losses():
    """Eq. 1 and 2 on logits and masks alone, with their gradients."""
    gm = (torch.randn(5, 7) * 3).requires_grad_()
    rm = (torch.randn(5, 7) * 3).requires_grad_()
    masks = torch.rand(5, 9).pow(2).requires_grad_()  # M_avg on both sides of m = 0.3
    labels = torch.tensor([0, 6, 3, 3, 1])
    discriminator = F.cross_entropy(gm, labels) + F.cross_entropy(rm, labels)
    d_gm, d_rm = torch.autograd.grad(discriminator, [gm, rm])
    generator = generator_loss(gm, masks, 0.3)
    g_logits, g_masks = torch.autograd.grad(generator, [gm, masks])
    batch = generator_loss(gm, masks, 0.3, per_image=False)
    b_logits, b_masks = torch.autograd.grad(batch, [gm, masks])
    return {
        "logitsGm": gm,
        "logitsRm": rm,
        "Mp": masks,
        "labels": labels,
        "LD": discriminator,
        "LD/logitsGm": d_gm,
        "LD/logitsRm": d_rm,
        "LG": generator,
        "LG/logitsGm": g_logits,
        "LG/Mp": g_masks,
        "LG-batch": batch,
        "LG-batch/logitsGm": b_logits,
        "LG-batch/Mp": b_masks,
    }


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        B, T, D = x.shape
        qkv = self.qkv(x).reshape(B, T, 3, self.heads, D // self.heads)
        attended = F.scaled_dot_product_attention(*qkv.permute(2, 0, 3, 1, 4))
        return self.proj(attended.transpose(1, 2).reshape(B, T, D))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential()
        self.mlp.add_module("fc1", nn.Linear(width, 2 * width))
        self.mlp.add_module("act", nn.GELU())
        self.mlp.add_module("fc2", nn.Linear(2 * width, width))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Transformer(nn.Module):
    """With a class token a classifier, without it the mask generator's body. timm's names."""

    def __init__(self, image, patch, width, depth, heads, outputs, class_token):
        super().__init__()
        extra = 1 if class_token else 0
        if class_token:
            self.cls_token = nn.Parameter(torch.randn(1, 1, width) * 0.5)
        self.pos_embed = nn.Parameter(torch.randn(1, (image // patch) ** 2 + extra, width) * 0.5)
        self.patch_embed = nn.Module()
        self.patch_embed.proj = nn.Conv2d(3, width, patch, stride=patch)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, outputs)

    def forward(self, images):
        x = self.patch_embed.proj(images).flatten(2).transpose(1, 2)
        if hasattr(self, "cls_token"):
            x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], dim=1)
        x = x + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def normalize(pixels):
    return ((pixels - MEAN[:, None, None]) / STD[:, None, None])


def training_step():
    """Both losses of a small MGN on image bytes, and the gradient of every parameter of each side."""
    image, patch = 12, 4
    generator = Transformer(image, patch, 8, 1, 2, 1, class_token=False)
    discriminator = Transformer(image, patch, 12, 2, 3, 5, class_token=True)
    images = torch.randint(0, 256, (3, image, image, 3))
    labels = torch.tensor([4, 0, 2])
    random_masks = torch.zeros(3, 9)
    for row, kept in zip(random_masks, [[0, 4, 7], [1, 2, 8], [3, 5, 6]]):
        row[kept] = 1

    pixels = (images / 255).permute(0, 3, 1, 2)
    masks = torch.sigmoid(generator(normalize(pixels)).squeeze(-1))

    def look(mask):
        """I M_p: every value copied to its P x P x C pixels, then normalised."""
        full = mask.reshape(3, 1, 3, 3).repeat_interleave(patch, 2).repeat_interleave(patch, 3)
        return discriminator(normalize(pixels * full))[:, 0]

    logits_gm, logits_rm = look(masks), look(random_masks)
    LD = F.cross_entropy(look(masks.detach()), labels) + F.cross_entropy(logits_rm, labels)
    LG = generator_loss(logits_gm, masks, 0.3)
    of_d, of_g = dict(discriminator.named_parameters()), dict(generator.named_parameters())
    d_gradients = torch.autograd.grad(LD, list(of_d.values()))
    g_gradients = torch.autograd.grad(LG, list(of_g.values()))
    return {
        "images": images,
        "labels": labels,
        "randomMask": random_masks,
        "Mp": masks,
        "probabilitiesGm": F.softmax(logits_gm, dim=-1),
        "probabilitiesRm": F.softmax(logits_rm, dim=-1),
        "LD": LD,
        "LG": LG,
        "variance": variance(logits_gm).mean(),
        **{f"generator.{name}": p for name, p in of_g.items()},
        **{f"discriminator.{name}": p for name, p in of_d.items()},
        **{f"d/generator.{name}": g for name, g in zip(of_g, g_gradients)},
        **{f"d/discriminator.{name}": g for name, g in zip(of_d, d_gradients)},
    }


for make in [losses, training_step]:
    torch.manual_seed(len(make.__name__))
    save(make.__name__.replace("_", "-"), make())
