/**
 * @file The layers of a transformer: parameters as a record of tensors, and a free function for each.
 *
 * Shapes: B images, T tokens, D width, H heads. Names of parameters are timm's.
 */
import { add, gelu, mul } from "../ops/elementwise.ts";
import { layerNorm as normalize, softmax } from "../ops/normalization.ts";
import { affine, matmul } from "../ops/product.ts";
import { reshape, slice, split, transpose } from "../ops/shape.ts";
import { dims, ShapeError, sizeOf } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import { constantInitializer, truncatedNormal } from "./parameters.ts";
import type { Initializer, Scope } from "./parameters.ts";

export interface Linear {
  readonly weight: Tensor; // [O, I]
  readonly bias: Tensor; //   [O]
}

export interface LayerNorm {
  readonly gamma: Tensor; // [D]
  readonly beta: Tensor; //  [D]
  readonly epsilon: number;
}

export interface Attention {
  readonly heads: number;
  readonly qkv: Linear; //  [D, 3D]
  readonly proj: Linear; // [D, D]
}

export interface Mlp {
  readonly fc1: Linear; // [D, R D]
  readonly fc2: Linear; // [R D, D]
}

export interface Block {
  readonly norm1: LayerNorm;
  readonly attn: Attention;
  /** γ of LayerScale [D], on the output of attention; absent without LayerScale. */
  readonly ls1?: Tensor;
  readonly norm2: LayerNorm;
  readonly mlp: Mlp;
  /** γ on the output of the MLP [D]. */
  readonly ls2?: Tensor;
}

export interface BlockOptions {
  readonly width: number;
  readonly heads: number;
  /** Width of the MLP's hidden layer over D. */
  readonly mlpRatio: number;
  /** The value that every γ of LayerScale starts with; no LayerScale if absent. */
  readonly layerScale?: number;
  /** Of weight matrices. Default: truncated normal with std 0.02, as timm. */
  readonly initializer?: Initializer;
}

const defaultInitializer = truncatedNormal(0.02);

/** Declares `weight` [outputs, inputs] and `bias` [outputs] of a linear layer; the bias starts at 0. */
export function declareLinear(
  scope: Scope,
  inputs: number,
  outputs: number,
  initializer = defaultInitializer,
): Linear {
  return {
    weight: scope.declare("weight", [outputs, inputs], initializer),
    bias: scope.declare("bias", [outputs], constantInitializer(0)),
  };
}

/** ε = 1e-6 is that of DeiT and timm's ViT; PyTorch's own default is 1e-5. */
export function declareLayerNorm(scope: Scope, width: number, epsilon = 1e-6): LayerNorm {
  return {
    gamma: scope.declare("weight", [width], constantInitializer(1)),
    beta: scope.declare("bias", [width], constantInitializer(0)),
    epsilon,
  };
}

/** Declares one block of a transformer: attention and MLP, each after a layer norm, with LayerScale if it is given. */
export function declareBlock(
  scope: Scope,
  { width, heads, mlpRatio, layerScale, initializer = defaultInitializer }: BlockOptions,
): Block {
  if (width % heads !== 0) {
    throw new ShapeError(
      `block: expected a width that is a multiple of ${heads} heads, got ${width}`,
    );
  }
  const [attentionScope, mlpScope] = [scope.at("attn"), scope.at("mlp")];
  const hidden = Math.round(width * mlpRatio);
  const gamma = (name: string) =>
    layerScale === undefined
      ? undefined
      : scope.at(name).declare("gamma", [width], constantInitializer(layerScale));
  return {
    norm1: declareLayerNorm(scope.at("norm1"), width),
    attn: {
      heads,
      qkv: declareLinear(attentionScope.at("qkv"), width, 3 * width, initializer),
      proj: declareLinear(attentionScope.at("proj"), width, width, initializer),
    },
    ls1: gamma("ls1"),
    norm2: declareLayerNorm(scope.at("norm2"), width),
    mlp: {
      fc1: declareLinear(mlpScope.at("fc1"), width, hidden, initializer),
      fc2: declareLinear(mlpScope.at("fc2"), hidden, width, initializer),
    },
    ls2: gamma("ls2"),
  };
}

/** x Wᵀ + b over the last axis. */
export function linear({ weight, bias }: Linear, x: Tensor): Tensor {
  const inputs = x.shape.at(-1)!;
  const rows = reshape(x, [sizeOf(x.shape) / inputs, inputs]); // [R, I]
  return reshape(affine(rows, weight, bias), [...x.shape.slice(0, -1), weight.shape[0]!]);
}

/** Normalises the last axis to mean 0 and variance 1, then scales by γ and adds β. Ba et al., arXiv:1607.06450. */
export function layerNorm({ gamma, beta, epsilon }: LayerNorm, x: Tensor): Tensor {
  return normalize(x, gamma, beta, epsilon);
}

/**
 * MSA: softmax(q kᵀ / √d) v for each head, concatenated and projected.
 *
 * @param x [B, T, D]
 * @param rows compute the result for the first `rows` tokens only. Default: all tokens
 * @returns [B, rows, D]
 */
export function attention(p: Attention, x: Tensor, rows?: number): Tensor {
  return traceAttention(p, x, rows).z;
}

/** A result [B, rows, D], and the attention softmax(q kᵀ / √d) that it was computed with, [B, H, rows, T]. */
export interface Attended {
  readonly z: Tensor;
  readonly weights: Tensor;
}

/** As `attention`, with its weights. */
function traceAttention({ heads, qkv, proj }: Attention, x: Tensor, rows?: number): Attended {
  const [B, T, D] = dims(x, "B T D");
  const queries = rows ?? T;
  const d = D / heads;
  // Three products instead of one: splitting the weight is cheaper than splitting the product.
  const [wq, wk, wv] = split(qkv.weight, 0, [D, D, D]);
  const [bq, bk, bv] = split(qkv.bias, 0, [D, D, D]);
  const toHeads = (y: Tensor, tokens: number) =>
    transpose(reshape(y, [B, tokens, heads, d]), [0, 2, 1, 3]); // [B, H, tokens, d]
  const xq = queries === T ? x : slice(x, 1, 0, queries);
  const q = toHeads(linear({ weight: wq!, bias: bq! }, xq), queries);
  const k = toHeads(linear({ weight: wk!, bias: bk! }, x), T);
  const v = toHeads(linear({ weight: wv!, bias: bv! }, x), T);
  const a = softmax(matmul(q, k, { transposeY: true, scale: 1 / Math.sqrt(d) })); // [B, H, queries, T]
  const joined = reshape(transpose(matmul(a, v), [0, 2, 1, 3]), [B, queries, D]);
  return { z: linear(proj, joined), weights: a };
}

/** GELU between two linear layers. */
export function mlp({ fc1, fc2 }: Mlp, x: Tensor): Tensor {
  return linear(fc2, gelu(linear(fc1, x)));
}

/**
 * LayerScale: γ times x, feature by feature, [B, T, D] to [B, T, D]; x itself without γ.
 * Touvron et al., "Going deeper with Image Transformers", ICCV 2021, arXiv:2103.17239.
 */
function scaleFeatures(gamma: Tensor | undefined, x: Tensor): Tensor {
  if (gamma === undefined) return x;
  const [B, T, D] = dims(x, "B T D");
  return reshape(mul(reshape(x, [B * T, D]), gamma), [B, T, D]); // as rows, over which γ's gradient sums fastest
}

/** x times the factor of its sample, [B, T, D] and [B, 1] to [B, T, D]; x itself without a factor. */
function scaleSamples(factor: Tensor | undefined, x: Tensor): Tensor {
  return factor === undefined ? x : mul(x, reshape(factor, [x.shape[0]!, 1, 1]));
}

/**
 * A pre-norm block; Eq. 2 and 3 of the ViT paper, arXiv:2010.11929, with LayerScale where it has γ.
 *
 * @param z [B, T, D]
 * @param rows compute the result for the first `rows` tokens only, as in `attention`. Exact, and cheaper
 * @param paths [B, 2] what attention and MLP of each sample are multiplied by, for stochastic depth
 * @returns [B, rows, D]
 */
export function block(p: Block, z: Tensor, rows?: number, paths?: Tensor): Tensor {
  return traceBlock(p, z, rows, paths).z;
}

/** As `block`, with the weights of its attention. */
export function traceBlock(p: Block, z: Tensor, rows?: number, paths?: Tensor): Attended {
  const kept = rows === undefined ? z : slice(z, 1, 0, rows);
  const [path1, path2] = paths === undefined ? [] : split(paths, 1, [1, 1]);
  const { z: led, weights } = traceAttention(p.attn, layerNorm(p.norm1, z), rows);
  // z' = γ₁ MSA(LN(z)) + z
  const attended = add(kept, scaleSamples(path1, scaleFeatures(p.ls1, led)));
  // z = γ₂ MLP(LN(z')) + z'
  const hidden = scaleFeatures(p.ls2, mlp(p.mlp, layerNorm(p.norm2, attended)));
  return { z: add(attended, scaleSamples(path2, hidden)), weights };
}
