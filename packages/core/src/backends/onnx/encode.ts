/**
 * @file A graph of primitives as an ONNX model, encoded with the published onnx.proto schema.
 */
import { create, toBinary } from "@bufbuild/protobuf";
import type { GraphNode, Shape, Tensor, DType } from "../../tensor.ts";
import type { Graph } from "../../program/simplify.ts";
import { encoders } from "./encoders.ts";
import { operatorSets } from "./encoding.ts";
import type { Attribute, Encoding } from "./encoding.ts";
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "./schema/onnx_pb.js";
import type { AttributeProto, NodeProto, TensorProto, ValueInfoProto } from "./schema/onnx_pb.js";

const dataTypes: Readonly<Record<DType, DataType>> = {
  float32: DataType.FLOAT,
  int32: DataType.INT32,
  uint8: DataType.UINT8,
  bool: DataType.BOOL,
};

export interface EncodedGraph {
  readonly model: Uint8Array<ArrayBuffer>;
  /** The names of the graph's results, in order. */
  readonly resultNames: readonly string[];
}

/** Encodes a graph. Inputs keep their names; all other values are numbered. */
export function encode(graph: Graph): EncodedGraph {
  const nodes: NodeProto[] = [];
  const initializers = new Map<string, TensorProto>();
  const names = new Map<Tensor, string>();
  let count = 0;

  const fresh = () => `t${(count += 1)}`;
  const name = (x: Tensor): string => {
    let known = names.get(x);
    if (known === undefined) {
      known = x.node.op === "input" ? (x.node as GraphNode<"input">).params.name : fresh();
      names.set(x, known);
    }
    return known;
  };
  const nameOf = (x: Tensor | string) => (typeof x === "string" ? x : name(x));
  const encoding: Encoding = {
    name,
    fresh,
    emit: (opType, inputs, outputs, { domain = "", attributes = {} } = {}) => {
      nodes.push(
        create(NodeProtoSchema, {
          opType,
          domain,
          name: `${opType}_${nodes.length}`,
          input: inputs.map((x) => nameOf(x)),
          output: outputs.map((x) => nameOf(x)),
          attribute: Object.entries(attributes).map(([key, value]) => encodeAttribute(key, value)),
        }),
      );
    },
    integers: (values) => {
      const key = `i64[${values.join()}]`;
      const data = BigInt64Array.from(values, (value) => BigInt(value));
      initializers.set(key, encodeTensor(key, DataType.INT64, [values.length], data));
      return key;
    },
    float: (value) => {
      const key = `f32(${value})`;
      initializers.set(key, encodeTensor(key, DataType.FLOAT, [], Float32Array.of(value)));
      return key;
    },
    constant: (x, data) => {
      initializers.set(name(x), encodeTensor(name(x), dataTypes[x.dtype], x.shape, data));
    },
  };

  for (const node of graph.nodes) {
    const encodeNode = encoders[node.op] as (node: GraphNode, encoding: Encoding) => void;
    encodeNode(node, encoding);
  }
  // A result that is an input or was asked for twice needs a value of its own.
  const taken = new Set<string>();
  const resultNames = graph.results.map((x) => {
    let result = name(x);
    if (x.node.op === "input" || x.node.op === "constant" || taken.has(result)) {
      result = fresh();
      encoding.emit("Identity", [x], [result]);
    }
    taken.add(result);
    return result;
  });

  const inputs = graph.nodes.filter(({ op }) => op === "input").map(({ outputs: [x] }) => x);
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    producerName: "mvt",
    opsetImport: Object.entries(operatorSets).map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    ),
    graph: create(GraphProtoSchema, {
      name: "program",
      node: nodes,
      initializer: [...initializers.values()],
      input: inputs.map((x) => encodeValueInfo(name(x), x)),
      output: graph.results.map((x, i) => encodeValueInfo(resultNames[i]!, x)),
    }),
  });
  return { model: toBinary(ModelProtoSchema, model), resultNames };
}

function encodeAttribute(name: string, value: Attribute): AttributeProto {
  if (typeof value === "number") {
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  }
  if ("float" in value) {
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  }
  const ints = value.map((n) => BigInt(n));
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints });
}

function encodeTensor(
  name: string,
  dataType: DataType,
  shape: Shape,
  data: ArrayBufferView,
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType,
    dims: shape.map((n) => BigInt(n)),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  });
}

function encodeValueInfo(name: string, { shape, dtype }: Tensor): ValueInfoProto {
  const dim = shape.map((n) => ({ value: { case: "dimValue" as const, value: BigInt(n) } }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: dataTypes[dtype], shape: { dim } } } },
  });
}
