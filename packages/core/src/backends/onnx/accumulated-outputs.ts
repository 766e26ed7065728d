/**
 * @file Outputs that add to an input. If an output is written to the memory of its own input, the gradients of
 * several micro-batches are summed without a second array for them.
 */
import { create } from "@bufbuild/protobuf";
import { NodeProtoSchema } from "./schema/onnx_pb.js";
import type { GraphProto, NodeProto, ValueInfoProto } from "./schema/onnx_pb.js";

/** The name of the input that an output is added to. */
export const sumBefore = (output: string) => `sum before ${output}`;

/** The same graph with an input of the same shape for each of `outputs`, which is added to the output. */
export function withAccumulatedOutputs(graph: GraphProto, outputs: readonly string[]): GraphProto {
  const accumulated = new Set(outputs);
  const read = new Set(graph.node.flatMap(({ input }) => input));
  const summandOf = (name: string) => (accumulated.has(name) ? `summand of ${name}` : name);
  const node = graph.node.flatMap((n): readonly NodeProto[] => {
    const [first] = n.output;
    // Gemm adds a third operand, α x y + c. It can if no other node reads the product without the sum.
    const addsOperand = n.opType === "Gemm" && n.input.length === 2 && !read.has(first!);
    const input = n.input.map(summandOf);
    if (addsOperand && accumulated.has(first!))
      return [{ ...n, input: [...input, sumBefore(first!)] }];
    const sums = n.output.filter((name) => accumulated.has(name));
    return [{ ...n, input, output: n.output.map(summandOf) }, ...sums.map(sumOf)];
  });
  const input = graph.output
    .filter(({ name }) => accumulated.has(name))
    .map((value): ValueInfoProto => ({ ...value, name: sumBefore(value.name) }));
  return { ...graph, node, input: [...graph.input, ...input] };

  function sumOf(output: string): NodeProto {
    return create(NodeProtoSchema, {
      opType: "Add",
      name: `sum of ${output}`,
      input: [summandOf(output), sumBefore(output)],
      output: [output],
    });
  }
}
