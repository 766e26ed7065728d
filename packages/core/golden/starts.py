"""Files that fine-tuning starts from, written by PyTorch as their authors' scripts do, for @mvt/core.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 torchvision timm==1.0.29 safetensors
    .venv/bin/python packages/core/golden/starts.py

In test/golden/starts/:

* mae.pth, a checkpoint of MAE's pre-training, which FMAE's is too: the encoder without a head, fixed sine-cosine
  positions, a mask token and a decoder, with optimiser, epoch and options beside them. mae.safetensors: images, a
  head, and timm's logits of the encoder with that head, on the class token and on the mean of the patches, whose norm
  then is new, as MAE's script for fine-tuning does it.
* mae-finetuned.pth, a checkpoint of MAE's fine-tuning with average pooling: fc_norm in place of norm, and a head.
  mae-finetuned.safetensors: images, labels, timm's logits, loss and gradients.
* dinov2-reg-average.pth and .safetensors: LayerScale, registers without positions, and average pooling, in
  which neither class token nor registers take part.
* beit.pth: timm's BEiT, which no backbone is.

Computed in float64 and stored in float32.
"""

import argparse
import platform
from pathlib import Path

import safetensors
import timm
import torch
import torch.nn.functional as F
from backbones import SIZE, pixels
from safetensors.torch import save_file
from timm.models.beit import Beit
from timm.models.vision_transformer import VisionTransformer
from torch import nn

FOLDER = Path(__file__).parent.parent / "test" / "golden" / "starts"
VERSIONS = {
    "timm": timm.__version__,
    "torch": torch.__version__,
    "safetensors": safetensors.__version__,
    "python": platform.python_version(),
}
WIDTH = SIZE["embed_dim"]
GRID = 16 // SIZE["patch_size"]


def moved(model):
    """The model with its parameters away from where timm starts, so that every one matters."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    return model


def sin_cos(grid, width):
    """Positions of an encoder that are not trained: sines and cosines along columns, then rows; 0 for the class token."""
    frequencies = 10_000 ** -(torch.arange(width // 4) / (width / 4))
    places = torch.arange(grid)[:, None] * frequencies
    waves = torch.cat([places.sin(), places.cos()], 1)  # [g, D/2]
    columns = waves[None].expand(grid, -1, -1)
    rows = waves[:, None].expand(-1, grid, -1)
    patches = torch.cat([columns, rows], 2).reshape(1, grid * grid, width)
    return torch.cat([torch.zeros(1, 1, width), patches], 1)


class Pretraining(nn.Module):
    """What MAE's pre-training has beside its encoder, under its names; nothing here is computed."""

    def __init__(self, width=8, heads=2):
        super().__init__()
        decoder = VisionTransformer(
            img_size=16, patch_size=4, embed_dim=width, depth=1, num_heads=heads
        )
        self.mask_token = nn.Parameter(torch.randn(1, 1, width))
        self.decoder_pos_embed = nn.Parameter(sin_cos(GRID, width), requires_grad=False)
        self.decoder_embed = nn.Linear(WIDTH, width)
        self.decoder_blocks = nn.ModuleList(decoder.blocks)
        self.decoder_norm = nn.LayerNorm(width)
        self.decoder_pred = nn.Linear(width, SIZE["patch_size"] ** 2 * 3)


def checkpoint(weights, model):
    """What MAE's scripts save."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    options = argparse.Namespace(model="mae_vit_small_patch16", norm_pix_loss=True, epochs=50)
    return {
        "model": weights,
        "optimizer": optimizer.state_dict(),
        "epoch": 49,
        "scaler": {"scale": 65536.0},
        "args": options,
    }


def trained(model, images, labels):
    """Logits, loss and gradients, in float64."""
    model = model.double()
    logits = model(pixels(images))
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    gradients = {f"d_{name}": p.grad for name, p in model.named_parameters() if p.grad is not None}
    return {"images": images, "labels": labels, "logits": logits, "loss": loss, **gradients}


def save(name, weights, tensors):
    torch.save(weights, FOLDER / f"{name}.pth")
    stored = {key: value.detach().float().contiguous() for key, value in tensors.items()}
    if stored:
        save_file(stored, FOLDER / f"{name}.safetensors", metadata=VERSIONS)
    for path in sorted(FOLDER.glob(f"{name}.*")):
        print(path.name, path.stat().st_size)


def mae(images):
    encoder = moved(VisionTransformer(img_size=16, **SIZE))
    encoder.pos_embed.data = sin_cos(GRID, WIDTH)
    state = {k: v.clone() for k, v in encoder.state_dict().items() if not k.startswith("head.")}
    own = {**state, **Pretraining().state_dict()}
    tensors = {"images": images}
    tensors["head.weight"] = encoder.head.weight.detach().clone()
    tensors["head.bias"] = encoder.head.bias.detach().clone()
    with torch.no_grad():
        tensors["logits.class"] = encoder.double()(pixels(images))
        average = VisionTransformer(img_size=16, global_pool="avg", **SIZE)
        missing = average.load_state_dict(encoder.float().state_dict(), strict=False)
        assert sorted(missing.missing_keys) == ["fc_norm.bias", "fc_norm.weight"]
        assert sorted(missing.unexpected_keys) == ["norm.bias", "norm.weight"]
        tensors["logits.average"] = average.double()(pixels(images))
    save("mae", checkpoint(own, encoder), tensors)


def finetuned(name, images, labels, **options):
    model = moved(VisionTransformer(img_size=16, global_pool="avg", **options, **SIZE))
    weights = {key: tensor.clone() for key, tensor in model.state_dict().items()}
    save(name, checkpoint(weights, model), trained(model, images, labels))


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(18)
    images = torch.randint(0, 256, (3, 16, 16, 3))
    labels = torch.tensor([4, 0, 2])
    mae(images)
    finetuned("mae-finetuned", images, labels)
    finetuned("dinov2-reg-average", images, labels, init_values=1e-5, no_embed_class=True, reg_tokens=4)
    beit = Beit(
        img_size=16, use_abs_pos_emb=False, use_rel_pos_bias=True, init_values=0.1, **SIZE
    )
    save("beit", {"model": moved(beit).state_dict()}, {})


if __name__ == "__main__":
    main()
