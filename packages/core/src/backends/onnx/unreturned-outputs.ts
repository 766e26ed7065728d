/**
 * @file Outputs that are written where they belong, and not handed back as copies as well.
 *
 * onnxruntime-node 1.30 lets a caller say where outputs are written, but then copies each of them into an array of its
 * own: of DeiT-S's gradients 88 MB per run, 8% of a training step. It makes the copies in the order of the model's outputs,
 * after the run, and ends with an error at a value that it has no array for. So the first output of these models is
 * a sequence, which is such a value, and the error after the run is the sign that everything has been computed.
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

/** Runs a session of such a graph. `outputs` names a place for every output that is to be computed. */
export async function runUnreturned(
  session: InferenceSession,
  feeds: InferenceSession.FeedsType,
  outputs: InferenceSession.FeedsType,
): Promise<void> {
  try {
    // A release whose binding can hand out sequences returns copies as well, slower but as right.
    await session.run(feeds, { [nothing]: null, ...outputs });
  } catch (error) {
    if (!(error instanceof Error) || error.message !== sequenceRefused) throw error;
  }
}

/** What the binding says of a sequence, js/node/src/tensor_helper.cc; errors of the run itself come before and differ. */
const sequenceRefused = "Non tensor type is temporarily not supported.";
