/**
 * @file Several runs of a program as one ONNX model: the operator Scan, whose body is one run. The model's inputs are
 * the state before the first run and the feeds of all runs, stacked; its outputs are the state after the last run and
 * the outputs of all runs, stacked.
 *
 * https://onnx.ai/onnx/operators/onnx__Scan.html
 */
import { create } from "@bufbuild/protobuf";
import { inputOf } from "../../program/program.ts";
import type { Program } from "../../program/program.ts";
import { simplify } from "../../program/simplify.ts";
import type { DType, Shape, Tensor } from "../../tensor.ts";
import { encodeGraph, encodeModel, encodeValueInfo } from "./encode.ts";
import type { Form } from "./encoding.ts";
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  NodeProtoSchema,
} from "./schema/onnx_pb.js";

/** The names of the model's inputs and outputs. Frozen state is an input under its own name. */
export const scanNames = {
  /** A slot of state before the first run. */
  before: (slot: string) => `before/${slot}`,
  /** The feeds of all runs, stacked along a new first axis. */
  feeds: (input: string) => `feeds/${input}`,
  /** A slot of state after the last run. */
  after: (slot: string) => `after/${slot}`,
  /** An output of all runs, stacked along a new first axis. */
  outputs: (output: string) => `outputs/${output}`,
};

/** The model for any number of runs. */
export function encodeScan(program: Program, form: Form): Uint8Array<ArrayBuffer> {
  const carried = program.state.filter(({ next }) => next !== undefined);
  const outputs = Object.entries(program.outputs);
  const results = [...carried.map(({ next }) => next!), ...outputs.map(([, x]) => x)];
  const { graph: once } = encodeGraph(simplify(results, form.decompositions), form);

  const slots = carried.map(({ input }) => inputOf(input));
  const feeds = program.inputs.map(inputOf);
  const bodyInputs = [...slots, ...feeds];
  const fed = new Set(bodyInputs.map(({ name }) => name));
  const body = create(GraphProtoSchema, {
    ...once,
    name: "run",
    input: bodyInputs.map((x) => encodeValueInfo(x.name, x)),
  });
  // The body reads frozen state from the graph around it.
  const frozen = once.input.filter(({ name }) => !fed.has(name));

  const scan = create(NodeProtoSchema, {
    opType: "Scan",
    name: "runs",
    input: [
      ...slots.map(({ name }) => scanNames.before(name)),
      ...feeds.map(({ name }) => scanNames.feeds(name)),
    ],
    output: [
      ...slots.map(({ name }) => scanNames.after(name)),
      ...outputs.map(([name]) => scanNames.outputs(name)),
    ],
    attribute: [
      create(AttributeProtoSchema, { name: "body", type: AttributeType.GRAPH, g: body }),
      create(AttributeProtoSchema, {
        name: "num_scan_inputs",
        type: AttributeType.INT,
        i: BigInt(feeds.length),
      }),
    ],
  });
  const stacked = (name: string, { shape, dtype }: { shape: Shape; dtype: DType }) =>
    encodeValueInfo(name, { shape: [0, ...shape], dtype }, { axis: 0, size: "runs" });
  const graph = create(GraphProtoSchema, {
    name: "program",
    node: [scan],
    input: [
      ...slots.map((x) => encodeValueInfo(scanNames.before(x.name), x)),
      ...feeds.map((x) => stacked(scanNames.feeds(x.name), x)),
      ...frozen,
    ],
    output: [
      ...slots.map((x) => encodeValueInfo(scanNames.after(x.name), x)),
      ...outputs.map(([name, x]: [string, Tensor]) => stacked(scanNames.outputs(name), x)),
    ],
  });
  return encodeModel(graph, form);
}
