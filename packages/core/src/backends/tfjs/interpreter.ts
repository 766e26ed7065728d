/** @file Computes a graph node by node. */
import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";
import { inputOf } from "../../program/program.ts";
import { isNode } from "../../ops/primitives.ts";
import type { ConstantData } from "../../ops/sources.ts";
import { simplify } from "../../program/simplify.ts";
import type { Graph } from "../../program/simplify.ts";
import type { DType, GraphNode, Shape } from "../../tensor.ts";
import { createKernels, storedAs, tfjsDecompositions } from "./kernels.ts";
import type { Tf } from "./kernels.ts";
import { executionOrder } from "./execution-order.ts";

export interface Interpreter {
  /**
   * Computes the results from the inputs, which are given by name, and returns what `use` makes of them. All computed
   * tensors are disposed of afterwards, even after an error. The inputs are not.
   */
  run<T>(inputs: ReadonlyMap<string, TfTensor>, use: (results: readonly TfTensor[]) => T): T;
  dispose(): void;
}

/**
 * Prepares a graph to be computed many times: operators that TensorFlow.js lacks are replaced, constants become
 * tensors, and kernels are chosen.
 */
export function createInterpreter(tf: Tf, graph: Graph): Interpreter {
  const { places, sources, steps, results } = executionOrder(
    simplify(graph.results, tfjsDecompositions),
  );
  const inputs: { readonly name: string; readonly place: number }[] = [];
  const constants: { readonly value: TfTensor; readonly place: number }[] = [];
  for (const { tensor, place } of sources) {
    const { node, shape, dtype } = tensor;
    if (isNode(node, "constant")) {
      constants.push({ value: tensorOf(tf, node.params.data, shape, dtype), place });
    } else inputs.push({ name: inputOf(tensor).name, place });
  }
  const kernels = createKernels(tf);
  const computations = steps.map(({ node, read, ...step }) => {
    const kernel = kernels[node.op as keyof typeof kernels] as unknown as AnyKernel;
    return { ...step, compute: kernel(node, read) };
  });
  const computed = steps.flatMap(({ outputs }) => outputs);

  return {
    run(given, use) {
      const at: (TfTensor | undefined)[] = Array.from({ length: places });
      for (const { name, place } of inputs) at[place] = given.get(name);
      for (const { value, place } of constants) at[place] = value;
      try {
        for (const { compute, inputs: from, outputs: to, released } of computations) {
          const made = compute(...from.map((place) => at[place]!));
          if (Array.isArray(made)) for (const [i, place] of to.entries()) at[place] = made[i];
          else at[to[0]!] = made as TfTensor;
          for (const place of released) {
            at[place]?.dispose();
            at[place] = undefined;
          }
        }
        return use(results.map((place) => at[place]!));
      } finally {
        for (const place of computed) at[place]?.dispose();
      }
    },
    dispose() {
      for (const { value } of constants) value.dispose();
    },
  };
}

type AnyKernel = (
  node: GraphNode,
  read: readonly boolean[],
) => (...inputs: TfTensor[]) => TfTensor | readonly (TfTensor | undefined)[];

/** A tensor with these values. They are copied, because TensorFlow.js keeps a reference to the array. */
export function tensorOf(tf: Tf, data: ConstantData, shape: Shape, dtype: DType): TfTensor {
  const stored = storedAs[dtype];
  const array = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[stored];
  return tf.tensor(new array(data), [...shape], stored);
}
