"""Small networks of timm in the forms of DeiT III and of DINOv2 with registers, for the backbones of @mvt/core.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 torchvision timm==1.0.29 safetensors
    .venv/bin/python packages/core/golden/backbones.py

For each form, in test/golden/backbones/: FORM.pth, the state_dict of timm's model; FORM.own.pth, the same
weights with the names that DeiT III and DINOv2 have in their authors' files, from which timm's own reader must
get the first; FORM.safetensors, images with timm's logits, loss and gradients, and logits for larger images,
for which timm resamples the position embeddings. Computed in float64 and stored in float32.
"""

import platform
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
    "dinov2-reg": {"init_values": 1e-5, "no_embed_class": True, "reg_tokens": 4},
}
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def deit3_names(weights):
    """LayerScale as facebookresearch/deit names it."""
    return {
        name.replace("ls1.gamma", "gamma_1").replace("ls2.gamma", "gamma_2"): tensor
        for name, tensor in weights.items()
    }


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
        torch.manual_seed(11)
        model = VisionTransformer(img_size=16, **SIZE, **options)
        with torch.no_grad():  # away from where timm starts, so that every parameter matters
            for parameter in model.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.3)
        weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        torch.save({"model": weights}, FOLDER / f"{form}.pth")

        own = deit3_names(weights) if form == "deit3" else dinov2_names(weights)
        torch.save({"model": own}, FOLDER / f"{form}.own.pth")
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
        model.set_input_size(img_size=24)
        stored = {
            "images": images,
            "labels": labels,
            "logits": logits.detach(),
            "loss": loss.detach(),
            "larger": larger,
            "larger.logits": model(pixels(larger)).detach(),
            **gradients,
        }
        tensors = {name: tensor.float().contiguous() for name, tensor in stored.items()}
        save_file(tensors, FOLDER / f"{form}.safetensors", metadata=VERSIONS)
        for path in sorted(FOLDER.glob(f"{form}.*")):
            print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
