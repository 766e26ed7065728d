"""Attention rollout and gradient-weighted attention of timm's models by hooks, for the explanations of @mvt/core.

    python -m venv .venv && .venv/bin/pip install torch==2.13.0 torchvision timm==1.0.29 safetensors
    .venv/bin/python packages/core/golden/explanations.py     # after backbones.py and starts.py

The weights are those of the other scripts. In test/golden/explanations.safetensors, for each form: images, and for each
method the relevance of every patch. With full T x T matrices, as the papers write them:

* rollout, Abnar and Zuidema, arXiv:2005.00928: the product of (mean over heads of A + I) / 2 over the blocks;
* gradient, Chefer et al., arXiv:2103.15679, Eq. 5 and 6: R <- R + mean over heads of (dy/dA * A)+ times R from R = I,
  where y is the logit of the predicted class; R - I is taken, as in their Eq. 8, so that a patch does not count for itself.

The row of the class token is taken; with average pooling, the mean of the rows of the patches, because the mean of the
patches goes into the head. Computed in float64 and stored in float32.
"""

from pathlib import Path

import torch
from backbones import FORMS, SIZE, VERSIONS, pixels
from safetensors.torch import save_file
from timm.models.vision_transformer import VisionTransformer

FOLDER = Path(__file__).parent.parent / "test" / "golden"
AVERAGE = {"global_pool": "avg", "init_values": 1e-5, "no_embed_class": True, "reg_tokens": 4}
MODELS = {
    "deit3": ("backbones/deit3.pth", FORMS["deit3"]),
    "dinov2": ("backbones/dinov2.pth", FORMS["dinov2"]),
    "dinov2-reg": ("backbones/dinov2-reg.pth", FORMS["dinov2-reg"]),
    "mae-finetuned": ("starts/mae-finetuned.pth", {"global_pool": "avg"}),
    "dinov2-reg-average": ("starts/dinov2-reg-average.pth", AVERAGE),
}


def relevances(model, images):
    attentions = []

    def keep(module, inputs, output):
        output.retain_grad()
        attentions.append(output)

    for block in model.blocks:
        block.attn.fused_attn = False
        block.attn.attn_drop.register_forward_hook(keep)  # what goes in is softmax(q k / sqrt(d))
    logits = model(pixels(images))
    logits.max(1).values.sum().backward()
    B, _, T, _ = attentions[0].shape
    eye = torch.eye(T).double().expand(B, T, T)
    rollout, relevance = eye, eye
    for attention in attentions:
        rollout = (attention.mean(1) + eye) / 2 @ rollout
        weighted = (attention.grad * attention).clamp(min=0).mean(1)
        relevance = relevance + weighted @ relevance
    first = model.num_prefix_tokens
    average = model.global_pool == "avg"

    def of_patches(matrix):
        rows = matrix[:, first:].mean(1) if average else matrix[:, 0]
        return rows[:, first:].detach().float().contiguous()

    return of_patches(rollout), of_patches(relevance - eye)


def main():
    tensors = {}
    for name, (path, options) in MODELS.items():
        torch.manual_seed(19)
        model = VisionTransformer(img_size=16, **{**SIZE, **options})
        stored = torch.load(FOLDER / path, weights_only=False)
        model.load_state_dict(stored["model"])
        images = torch.randint(0, 256, (3, 16, 16, 3))
        tensors[f"{name}.images"] = images.float()
        tensors[f"{name}.rollout"], tensors[f"{name}.gradient"] = relevances(model.double(), images)
    save_file(tensors, FOLDER / "explanations.safetensors", metadata=VERSIONS)
    print((FOLDER / "explanations.safetensors").stat().st_size)


if __name__ == "__main__":
    main()
