/**
 * @file Outputs that are written to given arrays without being returned as copies as well.
 *
 * onnxruntime-node 1.30 lets a caller say where outputs are written, but it also copies each of them into a new array:
 * 88 MB per run for the gradients of DeiT-S, or 8 % of a training step. The binding makes these copies after the run,
 * in the order of the model's outputs, and throws an error at an output that is not a tensor. So the first output of
 * these models is a sequence: the error then comes before any copy, and it means that everything has been computed.
 *
 * The text of the error is part of this, so pnpm-workspace.yaml pins the release of ONNX Runtime.
 */
import { create } from "@bufbuild/protobuf";
import type { InferenceSession } from "onnxruntime-node";
import {
  NodeProtoSchema,
  TensorProto_DataType as DataType,
  ValueInfoProtoSchema,
} from "./schema/onnx_pb.js";
import type { GraphProto } from "./schema/onnx_pb.js";

const nothing = "nothing";

/** The same graph with an empty sequence before its outputs. */
export function withUnreturnedOutputs(graph: GraphProto): GraphProto {
  const empty = create(NodeProtoSchema, {
    opType: "SequenceEmpty",
    name: nothing,
    output: [nothing],
  });
  const sequence = create(ValueInfoProtoSchema, {
    name: nothing,
    type: {
      value: {
        case: "sequenceType",
        value: {
          elemType: { value: { case: "tensorType", value: { elemType: DataType.FLOAT } } },
        },
      },
    },
  });
  return { ...graph, node: [empty, ...graph.node], output: [sequence, ...graph.output] };
}

/** Runs a session of such a graph. `outputs` has an array for the value of every output that is to be computed. */
export async function runUnreturned(
  session: InferenceSession,
  feeds: InferenceSession.FeedsType,
  outputs: InferenceSession.FeedsType,
): Promise<void> {
  try {
    // A release whose binding can return sequences would not throw: slower, because it copies, but also correct.
    await session.run(feeds, { [nothing]: null, ...outputs });
  } catch (error) {
    if (!(error instanceof Error) || error.message !== sequenceRefused) throw error;
  }
}

/** The binding's message for a sequence (js/node/src/tensor_helper.cc). Errors of the run itself have other messages. */
const sequenceRefused = "Non tensor type is temporarily not supported.";
