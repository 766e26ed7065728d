"""DeiT in PyTorch, eager, which `pnpm exp bench predict --python` times: needs torch and nothing else.

    python torch_predict.py '{"imageSize": 224, ..., "classes": 7, "threads": 2}'

The protocol is that of `src/processes/protocol.ts`: one JSON object per line, requests on stdin, replies on stdout.
Every request says how many images a step predicts.

From bytes [B, S, S, 3] to probabilities [B, K], as an exported model does. The weights are untrained.
"""

import json
import platform
import sys
from time import perf_counter


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


class Predictor(nn.Module):
    """Bytes in, probabilities out."""

    def __init__(self, vit):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1))
        self.vit = vit

    def forward(self, images):
        pixels = images.permute(0, 3, 1, 2).float().div(255).sub(self.mean).div(self.std)
        return F.softmax(self.vit(pixels), dim=-1)


def main():
    sizes = json.loads(sys.argv[1])
    torch.set_num_threads(sizes["threads"])
    model = Predictor(PlainVit(**vit_arguments(sizes))).eval()
    size = sizes["imageSize"]
    say({"ready": f"PyTorch {torch.__version__}, Python {platform.python_version()}", "notes": []})
    with torch.inference_mode():
        for line in sys.stdin:
            request = json.loads(line)
            images = torch.randint(0, 256, (request["images"], size, size, 3), dtype=torch.uint8)
            seconds = []
            for _ in range(request["steps"]):
                start = perf_counter()
                model(images)
                seconds.append(perf_counter() - start)
            say({"seconds": seconds})


main()
