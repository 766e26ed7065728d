/**
 * @file Explanations: how much each patch of an image matters to a classifier, computed from its attention.
 *
 * rollout: Abnar and Zuidema, "Quantifying Attention Flow in Transformers", ACL 2020, arXiv:2005.00928. With A_l the mean
 * over the heads of block l, the product of (A_l + I) / 2 over all blocks. It is the same whatever the class.
 *
 * gradient: Chefer, Gur and Wolf, "Generic Attention-model Explainability for Interpreting Bi-Modal and Encoder-Decoder
 * Transformers", ICCV 2021, arXiv:2103.15679, Eq. 5 and 6. With A̅_l the mean over heads of (∂y/∂A ⊙ A)⁺, where y is the
 * logit of the predicted class, the product of I + A̅_l.
 *
 * Of the product one row is of use: that of the class token, or with average pooling the mean of the patches' rows, because
 * their mean goes into the head. So a row is multiplied through the blocks, from the last to the first.
 *
 * Shapes: B images, N patches, T tokens, H heads, K classes.
 */
import { gradients } from "../autodiff/gradients.ts";
import { add, equal, greater, mul, where } from "../ops/elementwise.ts";
import { matmul } from "../ops/product.ts";
import { mean, sum } from "../ops/reduction.ts";
import { broadcastTo, reshape, slice } from "../ops/shape.ts";
import { constant } from "../ops/sources.ts";
import type { ExplanationName } from "../portable/explanation-names.ts";
import { dims } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import type { Trace, Vit } from "./vit.ts";

/** What an explanation is computed from. */
export type Explained = Pick<Trace, "logits" | "attention">;

/** The relevance of every patch [B, N], at least 0, by the explanation's name. */
export const explanations: Readonly<
  Record<ExplanationName, (network: Pick<Vit, "config">, traced: Explained) => Tensor>
> = {
  rollout: ({ config }, { attention }) =>
    throughBlocks(config, attention.map(meanOverHeads), (row, led) => mul(add(row, led), 0.5)),
  gradient: ({ config }, { logits, attention }) => {
    const slopes = gradients(predictedLogits(logits), attention);
    const weighted = attention.map((weights, i) => {
      const product = mul(slopes[i]!, weights);
      return meanOverHeads(where(greater(product, 0), product, 0));
    });
    return throughBlocks(config, weighted, add);
  },
};

/** [B, H, rows, T] to [B, rows, T]. */
const meanOverHeads = (weights: Tensor) => mean(weights, [1]);

/** The sum over the batch of the largest logit of every image; its gradient is that of each image's own. */
function predictedLogits(logits: Tensor): Tensor {
  const [B, K] = dims(logits, "B K");
  // How many logits are larger than this one: none than the predicted class's.
  const larger = greater(reshape(logits, [B, 1, K]), reshape(logits, [B, K, 1])); // [B, K, K]
  const isPredicted = equal(sum(where(larger, 1, 0), [2]), 0);
  return sum(where(isPredicted, logits, 0));
}

/**
 * Takes the row that the head reads through the blocks, from the last to the first, and returns its patches [B, N].
 *
 * @param matrices [B, T, T] for each block; of the last one its first row alone where the head reads the class token
 * @param next the row before a block, from the row behind it and the same times the block's matrix
 */
function throughBlocks(
  { registers = 0, pooling }: Vit["config"],
  matrices: readonly Tensor[],
  next: (row: Tensor, led: Tensor) => Tensor,
): Tensor {
  const [B, , T] = dims(matrices[0]!, "B R T");
  const first = 1 + registers;
  const isRead = (token: number) => (pooling === "average" ? token >= first : token === 0);
  const share = pooling === "average" ? 1 / (T - first) : 1;
  const start = Float32Array.from({ length: T }, (_, token) => (isRead(token) ? share : 0));
  let row = broadcastTo(constant(start, [1, 1, T]), [B, 1, T]);
  for (const matrix of matrices.toReversed()) {
    const alone = matrix.shape[1] === 1; // the row itself
    row = next(row, alone ? matrix : matmul(row, matrix));
  }
  return reshape(slice(row, 2, first, T), [B, T - first]);
}
