/**
 * @file Explanations: how much each patch of an image matters to a classifier, computed from its attention.
 *
 * rollout: Abnar and Zuidema, "Quantifying Attention Flow in Transformers", ACL 2020, arXiv:2005.00928. With A_l the mean
 * over the heads of block l, the product of (A_l + I) / 2 over all blocks. It is the same whatever the class.
 *
 * gradient: Chefer, Gur and Wolf, "Generic Attention-model Explainability for Interpreting Bi-Modal and Encoder-Decoder
 * Transformers", ICCV 2021, arXiv:2103.15679, Eq. 5 and 6. With A̅_l the mean over heads of (∂y/∂A ⊙ A)⁺, where y is the
 * logit of the predicted class, the product of I + A̅_l, without I: what is left is what patches gave to each other.
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
  rollout: ({ config }, { attention }) => {
    let row = startRow(config, attention[0]!);
    for (const matrix of attention.map(meanOverHeads).toReversed()) {
      row = mul(add(row, led(row, matrix)), 0.5);
    }
    return ofPatches(config, row);
  },
  gradient: ({ config }, { logits, attention }) => {
    const slopes = gradients(predictedLogits(logits), attention);
    const weighted = attention.map((weights, i) => {
      const product = mul(slopes[i]!, weights);
      return meanOverHeads(where(greater(product, 0), product, 0));
    });
    let row = startRow(config, attention[0]!);
    const parts: Tensor[] = []; // of the row, all but where it started
    for (const matrix of weighted.toReversed()) {
      const part = led(row, matrix);
      row = add(row, part);
      parts.push(part);
    }
    return ofPatches(
      config,
      parts.reduce((total, part) => add(total, part)),
    );
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

/** The row that the head reads, before any block [B, 1, T]: the class token, or an even share of the patches. */
function startRow({ registers = 0, pooling }: Vit["config"], attention: Tensor): Tensor {
  const [B, , , T] = dims(attention, "B H R T");
  const first = 1 + registers;
  const average = pooling === "average";
  const share = average ? 1 / (T - first) : 1;
  const isRead = (token: number) => (average ? token >= first : token === 0);
  const start = Float32Array.from({ length: T }, (_, token) => (isRead(token) ? share : 0));
  return broadcastTo(constant(start, [1, 1, T]), [B, 1, T]);
}

/** A row times a block's matrix [B, T, T]; where the head reads the class token, that of the last block is the row itself. */
function led(row: Tensor, matrix: Tensor): Tensor {
  return matrix.shape[1] === 1 ? matrix : matmul(row, matrix);
}

/** [B, 1, T] to [B, N]. */
function ofPatches({ registers = 0 }: Vit["config"], row: Tensor): Tensor {
  const [B, , T] = dims(row, "B R T");
  const first = 1 + registers;
  return reshape(slice(row, 2, first, T), [B, T - first]);
}
