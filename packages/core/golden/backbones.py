"""Small networks of timm in the forms of DeiT III and of DINOv2, for the backbones of @mvt/core.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 torchvision timm==1.0.29 safetensors
    .venv/bin/python packages/core/golden/backbones.py         # all forms
    .venv/bin/python packages/core/golden/backbones.py dinov2  # some

For each form, in test/golden/backbones/: FORM.pth, the state_dict of timm's model; FORM.own.pth, the same
weights with the names that DeiT III and DINOv2 have in their authors' files, from which timm's own reader must
get the first; FORM.safetensors, images with timm's logits, loss and gradients, and logits for larger images,
for which the position embeddings are resampled: by timm, and those of DINOv2 without registers as its authors do it.
Computed in float64 and stored in float32.
"""

import platform
import re
import sys
from pathlib import Path

import safetensors
import timm
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from timm.models.vision_transformer import VisionTransformer, checkpoint_filter_fn

FOLDER = Path(__file__).parent.parent / "test" / "golden" / "backbones"
VERSIONS = {
    "timm": timm.__version__,
    "torch": torch.__version__,
    "safetensors": safetensors.__version__,
    "python": platform.python_version(),
}
SIZE = {
    "patch_size": 4,
    "embed_dim": 12,
    "depth": 2,
    "num_heads": 3,
    "mlp_ratio": 2,
    "num_classes": 5,
}
FORMS = {
    "deit3": {"init_values": 1e-6, "no_embed_class": True},
    "dinov2": {"init_values": 1e-5},
    "dinov2-reg": {"init_values": 1e-5, "no_embed_class": True, "reg_tokens": 4},
}
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def deit3_names(weights):
    """LayerScale as facebookresearch/deit names it."""
    return {
        name.replace("ls1.gamma", "gamma_1").replace("ls2.gamma", "gamma_2"): tensor
        for name, tensor in weights.items()
    }


def chunked_names(weights):
    """As facebookresearch/dinov2 trains: blocks in one chunk for each device, and a mask token."""
    chunk = {"0": "0", "1": "1"}
    own = {}
    for name, tensor in weights.items():
        match = re.match(r"blocks\.(\d+)\.(.+)", name)
        own[f"blocks.{chunk[match[1]]}.{match[1]}.{match[2]}" if match else name] = tensor
    own["mask_token"] = torch.zeros(1, SIZE["embed_dim"])
    return own


def dinov2_positions(positions, side):
    """The patches' positions [1, g², D] on a grid of another side, as facebookresearch/dinov2 resamples them."""
    grid = round(positions.shape[1] ** 0.5)
    image = positions.reshape(1, grid, grid, -1).permute(0, 3, 1, 2)
    factor = (side + 0.1) / grid
    resampled = F.interpolate(image, scale_factor=(factor, factor), mode="bicubic")
    assert resampled.shape[-2:] == (side, side)
    return resampled.permute(0, 2, 3, 1).flatten(1, 2)


def dinov2_names(weights):
    """As facebookresearch/dinov2: a position for the class token, which is added after it; a mask token."""
    position = torch.randn(1, 1, SIZE["embed_dim"])
    own = dict(weights)
    own["register_tokens"] = own.pop("reg_token")
    own["cls_token"] = weights["cls_token"] - position
    own["pos_embed"] = torch.cat([position, weights["pos_embed"]], 1)
    own["mask_token"] = torch.zeros(1, SIZE["embed_dim"])
    return own


def pixels(images):
    normalized = (images.double() / 255 - torch.tensor(MEAN).double()) / torch.tensor(STD).double()
    return normalized.permute(0, 3, 1, 2)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for form, options in FORMS.items():
        if sys.argv[1:] and form not in sys.argv[1:]:
            continue
        torch.manual_seed(11)
        model = VisionTransformer(img_size=16, **SIZE, **options)
        with torch.no_grad():  # away from where timm starts, so that every parameter matters
            for parameter in model.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.3)
        weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        torch.save({"model": weights}, FOLDER / f"{form}.pth")

        names = {"deit3": deit3_names, "dinov2": chunked_names, "dinov2-reg": dinov2_names}
        own = names[form](weights)
        torch.save({"model": own}, FOLDER / f"{form}.own.pth")
        if form == "dinov2":  # timm reads files without chunks
            own = {re.sub(r"blocks\.\d+\.(?=\d)", "blocks.", name): own[name] for name in own}
        read = checkpoint_filter_fn(dict(own), model, adapt_layer_scale=form == "deit3")
        assert sorted(read) == sorted(weights)
        assert all(torch.allclose(read[name], weights[name], atol=1e-6) for name in weights)

        model = model.double()
        images = torch.randint(0, 256, (3, 16, 16, 3))
        labels = torch.tensor([4, 0, 2])
        logits = model(pixels(images))
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        gradients = {f"d_{name}": p.grad for name, p in model.named_parameters()}

        larger = torch.randint(0, 256, (2, 24, 24, 3))
        more = {}
        positions = model.pos_embed.detach().clone()
        model.set_input_size(img_size=24)
        if form == "dinov2":
            patches = dinov2_positions(positions[:, 1:], 6)
            model.pos_embed.data = torch.cat([positions[:, :1], patches], 1)
            more["grid.37"] = torch.randn(1, 37 * 37, 2).double()  # of images of 518 x 518
            more["grid.16"] = dinov2_positions(more["grid.37"], 16)
        stored = {
            "images": images,
            "labels": labels,
            "logits": logits.detach(),
            "loss": loss.detach(),
            "larger": larger,
            "larger.logits": model(pixels(larger)).detach(),
            **gradients,
            **more,
        }
        tensors = {name: tensor.float().contiguous() for name, tensor in stored.items()}
        save_file(tensors, FOLDER / f"{form}.safetensors", metadata=VERSIONS)
        for path in sorted(FOLDER.glob(f"{form}.*")):
            print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
