"""DeiT in PyTorch, eager, which `pnpm exp bench predict --python` times: needs torch and nothing else.

    python torch_predict.py '{"imageSize": 224, ..., "classes": 7, "threads": 2}'

One JSON object per line, asked on stdin, answered on stdout:

    <- {"ready": "PyTorch 2.13.0, Python 3.11.7"}, or {"error": "..."}, after which it ends
    -> {"pictures": 32}
    <- {"seconds": 0.71}

From bytes [B, S, S, 3] to probabilities [B, K], as an exported model; the weights are as PyTorch draws them.
"""

import json
import platform
import sys
from time import perf_counter


def say(answer):
    print(json.dumps(answer), flush=True)


try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as error:
    say({"error": str(error)})
    sys.exit()


class Attention(nn.Module):
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


class Block(nn.Module):
    def __init__(self, width, heads, ratio):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        hidden = ratio * width
        self.mlp = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Deit(nn.Module):
    def __init__(self, imageSize, patchSize, width, depth, heads, mlpRatio, classes):
        super().__init__()
        patches = (imageSize // patchSize) ** 2
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1))
        self.embed = nn.Conv2d(3, width, patchSize, stride=patchSize)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, patches + 1, width) * 0.02)
        self.blocks = nn.Sequential(*(Block(width, heads, mlpRatio) for _ in range(depth)))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)

    def forward(self, images):
        pixels = images.permute(0, 3, 1, 2).float().div(255).sub(self.mean).div(self.std)
        x = self.embed(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(x), -1, -1), x], dim=1) + self.positions
        return F.softmax(self.head(self.norm(self.blocks(x))[:, 0]), dim=-1)


def main():
    sizes = json.loads(sys.argv[1])
    torch.set_num_threads(sizes.pop("threads"))
    model = Deit(**sizes).eval()
    size = sizes["imageSize"]
    say({"ready": f"PyTorch {torch.__version__}, Python {platform.python_version()}"})
    with torch.inference_mode():
        for line in sys.stdin:
            B = json.loads(line)["pictures"]
            images = torch.randint(0, 256, (B, size, size, 3), dtype=torch.uint8)
            start = perf_counter()
            model(images)
            say({"seconds": perf_counter() - start})


main()
