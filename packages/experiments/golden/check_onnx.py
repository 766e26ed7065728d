"""Checks files of `pnpm exp export` with ONNX's own checker, and, where it is installed, against timm.

    pip install onnx numpy [onnxruntime] [torch torchvision timm safetensors]
    python packages/experiments/golden/check_onnx.py model.onnx [more.onnx ...]
    python packages/experiments/golden/check_onnx.py --timm weights.safetensors pixels.onnx

The first form: full_check with strict shape inference, standard operators only, batches of 1, 3 and 32
give the same answers. The second, of a run without masks: timm's own VisionTransformer with the exported
safetensors answers as the exported `--input pixels` does.
"""

import json
import sys

import numpy as np
import onnx


def metadata(model):
    return {entry.key: entry.value for entry in model.metadata_props}


def noise(model, batch):
    image = model.graph.input[0]
    sizes = [dim.dim_value for dim in image.type.tensor_type.shape.dim[1:]]
    rng = np.random.default_rng(0)
    if image.type.tensor_type.elem_type == onnx.TensorProto.UINT8:
        return rng.integers(0, 256, (batch, *sizes), dtype=np.uint8)
    return rng.standard_normal((batch, *sizes), dtype=np.float32)


def check(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    domains = {node.domain for node in model.graph.node}
    assert domains == {""}, domains
    opsets = {entry.domain: entry.version for entry in model.opset_import}
    assert list(opsets) == [""], opsets
    about = metadata(model)
    assert about["format"] == "mvt-model/1" and json.loads(about["opset"]) == opsets[""], about
    images = noise(model, 32)
    for engine, session in engines(model, path):
        whole = session.run(None, {"images": images})
        for batch in (1, 3):
            for a, b in zip(whole, session.run(None, {"images": images[:batch]})):
                np.testing.assert_allclose(a[:batch], b, atol=1e-5)
        require_answers(whole, about)
        shapes = [f"{out.name} {list(y.shape)}" for out, y in zip(model.graph.output, whole)]
        print(f"{path}: opset {opsets['']}, IR {model.ir_version}, {engine}: {', '.join(shapes)}")


def engines(model, path):
    """ONNX's own slow evaluator, unless it lacks an operator (DequantizeLinear before 19), and a fast one."""
    from onnx.reference import ReferenceEvaluator

    try:
        yield f"onnx {onnx.__version__} reference", ReferenceEvaluator(model)
    except RuntimeError as error:
        print(f"{path}: not run by the reference evaluator: {error}")
    try:
        import onnxruntime
    except ImportError:
        return
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    yield f"onnxruntime {onnxruntime.__version__}", session


def require_answers(whole, about):
    K = len(json.loads(about["classes"]))
    assert whole[0].shape == (32, K)
    np.testing.assert_allclose(whole[0].sum(1), 1, atol=1e-5)


def check_timm(weights, path):
    import torch
    from onnx.reference import ReferenceEvaluator
    from safetensors import safe_open
    from timm.models.vision_transformer import VisionTransformer

    with safe_open(weights, "pt") as file:
        about = file.metadata()
        state = {name: file.get_tensor(name) for name in file.keys()}
    config = json.loads(about["model"])
    vit = VisionTransformer(
        img_size=config["imageSize"],
        patch_size=config["patchSize"],
        embed_dim=config["width"],
        depth=config["depth"],
        num_heads=config["heads"],
        mlp_ratio=config["mlpRatio"],
        num_classes=config["classes"],
    )
    vit.load_state_dict(state)  # strict
    model = onnx.load(path)
    images = noise(model, 4)
    with torch.no_grad():
        expected = vit.eval()(torch.from_numpy(images)).softmax(-1).numpy()
    actual = ReferenceEvaluator(model).run(None, {"images": images})[0]
    np.testing.assert_allclose(actual, expected, atol=1e-5)
    print(f"{weights} in timm: within {abs(actual - expected).max():.1e} of {path}")


if sys.argv[1] == "--timm":
    check_timm(*sys.argv[2:])
else:
    for file in sys.argv[1:]:
        check(file)
