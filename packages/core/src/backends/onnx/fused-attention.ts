/**
 * @file Attention as one operator of ONNX Runtime, which never holds the probabilities of all tokens at once. If
 * something else reads them, as gradients do, the separate operators stay.
 */
import { isNode } from "../../ops/primitives.ts";
import type { NodeOf, Primitive } from "../../ops/primitives.ts";
import type { Graph } from "../../program/simplify.ts";
import { dims } from "../../tensor.ts";
import type { GraphNode, Tensor } from "../../tensor.ts";
import type { Encoding, Rewriting } from "./encoding.ts";

/**
 * Finds softmax(scale q kᵀ) v of heads [B, H, T, d] that are transposed from [B, T, H, d] and back, and writes it,
 * with the transposes, as one operator on [B, T, H d].
 */
export function fuseAttention({ nodes, results }: Graph): Rewriting {
  const rewriting = new Map<GraphNode, ((encoding: Encoding) => void) | undefined>();
  const readers = countReaders([...nodes.flatMap(({ inputs }) => inputs), ...results]);
  const isReadOnce = (x: Tensor) => readers.get(x) === 1;
  /** The node that makes x, if it is of this operator and nothing else reads x. */
  const makerOf = <P extends Primitive>(x: Tensor | undefined, op: P): NodeOf<P> | undefined =>
    x && isNode(x.node, op) && isReadOnce(x) ? x.node : undefined;

  for (const node of nodes) {
    if (!swapsTokensAndHeads(node)) continue;
    const attended = makerOf(node.inputs[0], "matmul"); // [B, H, Tq, d]
    const probabilities = makerOf(attended?.inputs[0], "softmax"); // [B, H, Tq, T]
    const scores = makerOf(probabilities?.inputs[0], "matmul");
    if (attended === undefined || probabilities === undefined || scores === undefined) continue;
    const heads = [...scores.inputs, attended.inputs[1]]; // q, k, v
    const isAttention =
      heads.every((x) => swapsTokensAndHeads(x.node)) &&
      scores.params.transposeY &&
      !scores.params.transposeX &&
      !attended.params.transposeX &&
      !attended.params.transposeY &&
      attended.params.scale === 1;
    if (!isAttention) continue;

    const superfluous = [
      attended,
      probabilities,
      scores,
      ...heads.filter((x) => isReadOnce(x)).map((x) => x.node),
    ];
    for (const n of superfluous) rewriting.set(n, undefined);
    rewriting.set(node, ({ emit, fresh, integers }) => {
      const rows = heads.map((x) => {
        const [B, H, T, d] = dims(x, "B H T d");
        const joined = fresh();
        emit("Reshape", [x.node.inputs[0]!, integers([B, T, H * d])], [joined]);
        return joined;
      });
      const [y] = node.outputs; // [B, Tq, H, d]
      const joined = fresh();
      const attributes = { num_heads: y.shape[2]!, scale: { float: scores.params.scale } };
      emit("MultiHeadAttention", rows, [joined], { domain: "com.microsoft", attributes });
      emit("Reshape", [joined, integers(y.shape)], [y]);
    });
  }
  return rewriting;
}

/** Whether a node takes [B, T, H, d] to [B, H, T, d], or back. */
function swapsTokensAndHeads(node: GraphNode): boolean {
  return isNode(node, "transpose") && node.params.permutation.join() === "0,2,1,3";
}

function countReaders(read: readonly Tensor[]): ReadonlyMap<Tensor, number> {
  const readers = new Map<Tensor, number>();
  for (const x of read) readers.set(x, (readers.get(x) ?? 0) + 1);
  return readers;
}
