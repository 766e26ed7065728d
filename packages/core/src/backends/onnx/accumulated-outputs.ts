/**
 * @file Outputs that add to what stands where they are written. Fed with an output's own place, a graph of these
 * sums gradients up over the parts of a batch without a second array of them.
 */
import { create } from "@bufbuild/protobuf";
import { NodeProtoSchema } from "./schema/onnx_pb.js";
import type { GraphProto, NodeProto, ValueInfoProto } from "./schema/onnx_pb.js";

/** The input that holds what an output adds to. */
export const sumBefore = (output: string) => `sum before ${output}`;

/** The same graph with another input for each of `outputs`, to which the output's value is added. */
export function withAccumulatedOutputs(graph: GraphProto, outputs: readonly string[]): GraphProto {
  const accumulated = new Set(outputs);
  const read = new Set(graph.node.flatMap(({ input }) => input));
  const summandOf = (name: string) => (accumulated.has(name) ? `summand of ${name}` : name);
  const node = graph.node.flatMap((n): readonly NodeProto[] => {
    const [first] = n.output;
    // A matrix product starts from a third operand, z = α x y + c; what others read is the product alone.
    const startsFrom = n.opType === "Gemm" && n.input.length === 2 && !read.has(first!);
    const input = n.input.map(summandOf);
    if (startsFrom && accumulated.has(first!))
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
