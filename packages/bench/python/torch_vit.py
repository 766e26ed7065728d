"""DeiT in torch.nn alone, for torch_step.py and torch_predict.py."""

import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        B, T, D = x.shape
        qkv = self.qkv(x).reshape(B, T, 3, self.heads, D // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        attended = F.scaled_dot_product_attention(q, k, v)
        return self.proj(attended.transpose(1, 2).reshape(B, T, D))


class Mlp(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width, heads, ratio):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = Mlp(width, int(ratio * width))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PlainVit(nn.Module):
    """Has the arguments of timm's VisionTransformer, and its names of the parts of the forward pass."""

    def __init__(self, img_size, patch_size, embed_dim, depth, num_heads, mlp_ratio, num_classes):
        super().__init__()
        tokens = (img_size // patch_size) ** 2 + 1
        self.cls_token = nn.Parameter(torch.zeros(1, 1, embed_dim))
        self.pos_embed = nn.Parameter(torch.randn(1, tokens, embed_dim) * 0.02)
        self.proj = nn.Conv2d(3, embed_dim, patch_size, stride=patch_size)
        blocks = (Block(embed_dim, num_heads, mlp_ratio) for _ in range(depth))
        self.blocks = nn.Sequential(*blocks)
        self.norm = nn.LayerNorm(embed_dim, eps=1e-6)
        self.head = nn.Linear(embed_dim, num_classes)

    def patch_embed(self, images):
        return self.proj(images).flatten(2).transpose(1, 2)

    def _pos_embed(self, x):
        return torch.cat([self.cls_token.expand(len(x), -1, -1), x], dim=1) + self.pos_embed

    def forward(self, images):
        x = self.blocks(self._pos_embed(self.patch_embed(images)))
        return self.head(self.norm(x)[:, 0])


def vit_arguments(model):
    """The arguments of `PlainVit` and of timm's VisionTransformer, from a configuration of this project."""
    return {
        "img_size": model["imageSize"],
        "patch_size": model["patchSize"],
        "embed_dim": model["width"],
        "depth": model["depth"],
        "num_heads": model["heads"],
        "mlp_ratio": model["mlpRatio"],
        "num_classes": model["classes"],
    }
