/**
 * @file DeiT as users of TensorFlow.js write it: with its operators only, which it differentiates itself.
 *
 * Names of weights are timm's. Matrices are [inputs, outputs], as in tf.layers.
 *
 * Shapes: B images, S pixels a side, P a patch's side, g = S / P, N = g² patches, T = N + 1 tokens, D width,
 * H heads, d = D / H, K classes.
 */
import { deit } from "@mvt/core";
import type { NdArray } from "@mvt/core";
import type { Tf } from "@mvt/core/tfjs";
import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";

/** A weight in TensorFlow's layout, from that of PyTorch and this project: [O, I] to [I, O], [D, 3, P, P] to [P, P, 3, D]. */
export function transposedWeight(tf: Tf, { shape, data }: NdArray): Tensor {
  return tf.tidy(() => {
    const w = tf.tensor(data, [...shape]);
    if (w.rank === 2) return tf.transpose(w);
    return w.rank === 4 ? tf.transpose(w, [2, 3, 1, 0]) : w;
  });
}

/** Image bytes [B, S, S, 3], as int32, to logits [B, K]. */
export type Vit = (images: Tensor4D) => Tensor2D;

/**
 * The forward pass of a DeiT.
 *
 * @param weight returns the weight of a name, transposed by `transposedWeight`
 */
export function createVit(tf: Tf, config: deit.VitConfig, weight: (name: string) => Tensor): Vit {
  const { imageSize: S, patchSize: P, width: D, depth, heads: H } = config;
  const [g, d] = [S / P, D / H];

  /** x W + b over the last axis. */
  const linear = (name: string, x: Tensor): Tensor => {
    const W = weight(`${name}.weight`);
    const [inputs, outputs] = W.shape as [number, number];
    const rows = tf.reshape(x, [-1, inputs]);
    const y = tf.fused.matMul({ a: rows, b: W, bias: weight(`${name}.bias`) });
    return tf.reshape(y, [...x.shape.slice(0, -1), outputs]);
  };

  const layerNorm = (name: string, x: Tensor): Tensor => {
    const { mean, variance } = tf.moments(x, -1, true);
    const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-6)));
    return tf.add(tf.mul(normal, weight(`${name}.weight`)), weight(`${name}.bias`));
  };

  /** softmax(q kᵀ / √d) v for each head: [B, T, D] to [B, T, D]. */
  const attention = (name: string, x: Tensor): Tensor => {
    const [B, T] = x.shape as [number, number, number];
    const toHeads = (y: Tensor) => tf.transpose(tf.reshape(y, [B, T, H, d]), [0, 2, 1, 3]);
    const [q, k, v] = tf.split(linear(`${name}.qkv`, x), 3, -1).map(toHeads); // [B, H, T, d] each
    const a = tf.softmax(tf.matMul(tf.mul(q!, 1 / Math.sqrt(d)), k!, false, true)); // [B, H, T, T]
    const joined = tf.reshape(tf.transpose(tf.matMul(a, v!), [0, 2, 1, 3]), [B, T, D]);
    return linear(`${name}.proj`, joined);
  };

  /** x Φ(x) = x (1 + erf(x / √2)) / 2. */
  const gelu = (x: Tensor): Tensor =>
    tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));

  const mlp = (name: string, x: Tensor) => linear(`${name}.fc2`, gelu(linear(`${name}.fc1`, x)));

  const block = (name: string, z: Tensor): Tensor => {
    const attended = tf.add(z, attention(`${name}.attn`, layerNorm(`${name}.norm1`, z)));
    return tf.add(attended, mlp(`${name}.mlp`, layerNorm(`${name}.norm2`, attended)));
  };

  /**
   * [B, S, S, 3] to [B, N, D]. tf.conv2d takes as long on native TensorFlow, and cannot be trained on WebAssembly,
   * which lacks Conv2DBackpropFilter (4.22).
   */
  const embedPatches = (pixels: Tensor): Tensor => {
    const L = P * P * 3;
    const grid = tf.transpose(tf.reshape(pixels, [-1, g, P, g, P * 3]), [0, 1, 3, 2, 4]); // [B, g, g, P, 3 P]
    const kernel = tf.reshape(weight("patch_embed.proj.weight"), [L, D]);
    const bias = weight("patch_embed.proj.bias");
    const rows = tf.fused.matMul({ a: tf.reshape(grid, [-1, L]), b: kernel, bias });
    return tf.reshape(rows, [-1, g * g, D]);
  };

  return (images) => {
    const { mean, std } = deit.imagenet;
    const pixels = tf.div(tf.cast(images, "float32"), 255);
    const normal = tf.div(tf.sub(pixels, [...mean]), [...std]);
    const cls = tf.tile(weight("cls_token"), [images.shape[0], 1, 1]);
    let z: Tensor = tf.add(tf.concat([cls, embedPatches(normal)], 1), weight("pos_embed"));
    for (let i = 0; i < depth; i += 1) z = block(`blocks.${i}`, z);
    const y = tf.slice(layerNorm("norm", z), [0, 0, 0], [-1, 1, -1]); // [B, 1, D]
    return linear("head", tf.reshape(y, [-1, D])) as Tensor2D;
  };
}
