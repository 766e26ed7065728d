/** @file A graph of primitives as an ONNX model, encoded with the published onnx.proto schema. */
import { create, toBinary } from "@bufbuild/protobuf";
import { Float16Array } from "../../float16.ts";
import { isNode } from "../../ops/primitives.ts";
import type { Primitive } from "../../ops/primitives.ts";
import type { GraphNode, Shape, Tensor, DType } from "../../tensor.ts";
import { printNode } from "../../program/print.ts";
import type { Graph } from "../../program/simplify.ts";
import { engineForm } from "./encoders.ts";
import type { Attribute, Encoders, Encoding, Form, Rewriting, StoredType } from "./encoding.ts";
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
import type {
  AttributeProto,
  GraphProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from "./schema/onnx_pb.js";

const dataTypes: Readonly<Record<DType | StoredType, DataType>> = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  int8: DataType.INT8,
  int32: DataType.INT32,
  uint8: DataType.UINT8,
  bool: DataType.BOOL,
};

interface Encoded {
  /** The names of the graph's results, in order. */
  readonly resultNames: readonly string[];
  /** For the name of each node of the model: the node of the graph that it was written for. */
  readonly writtenFor: ReadonlyMap<string, GraphNode>;
}

export interface EncodedModel extends Encoded {
  readonly model: Uint8Array<ArrayBuffer>;
}

export interface EncodedGraph extends Encoded {
  readonly graph: GraphProto;
}

/** A graph as a model, by default for the engine that trains. */
export function encode(graph: Graph, form: Form = engineForm): EncodedModel {
  const { graph: encoded, ...names } = encodeGraph(graph, form);
  return { model: encodeModel(encoded, form), ...names };
}

/**
 * Encodes a graph. Inputs keep their names, and results get the names that the form has for them; all other values
 * are numbered.
 */
export function encodeGraph(graph: Graph, form: Form): EncodedGraph {
  const { encoders, batch } = form;
  const nodes: NodeProto[] = [];
  const initializers = new Map<string, TensorProto>();
  const names = new Map<Tensor, string>();
  const writtenFor = new Map<string, GraphNode>();
  let current: GraphNode | undefined;
  let count = 0;

  const fresh = () => `t${(count += 1)}`;
  const name = (x: Tensor): string => {
    let known = names.get(x);
    if (known === undefined) {
      known = isNode(x.node, "input") ? x.node.params.name : fresh();
      names.set(x, known);
    }
    return known;
  };
  const nameOf = (x: Tensor | string) => (typeof x === "string" ? x : name(x));
  const encoding: Encoding = {
    name,
    fresh,
    emit: (opType, inputs, outputs, { domain = "", attributes = {} } = {}) => {
      const nodeName = `${opType}_${nodes.length}`;
      if (current !== undefined) writtenFor.set(nodeName, current);
      nodes.push(
        create(NodeProtoSchema, {
          opType,
          domain,
          name: nodeName,
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
    float: (value, dtype = "float32") => {
      const key = `${dtype}(${value})`;
      const data = (dtype === "float16" ? Float16Array : Float32Array).of(value);
      initializers.set(key, encodeTensor(key, dataTypes[dtype], [], data));
      return key;
    },
    constant: (x, data) => {
      initializers.set(name(x), encodeTensor(name(x), dataTypes[x.dtype], x.shape, data));
    },
    stored: (key, type, shape, data) => {
      initializers.set(key, encodeTensor(key, dataTypes[type], shape, data));
      return key;
    },
    reshaped: ({ shape }, y) => {
      const axis = batch?.axisOf(y);
      return encoding.integers(shape.map((n, i) => (i === axis ? -1 : n)));
    },
    expanded: ({ shape }, y) =>
      batch?.axisOf(y) === undefined
        ? encoding.integers(shape)
        : grownShape(shape, batch.axisOf(y)!),
  };

  /** A shape that has the batch's size on one axis, as a value of the graph. */
  const grownShape = (shape: Shape, axis: number): string => {
    const [size, grown] = [fresh(), fresh()];
    encoding.emit("Shape", [batch!.input], [size], { attributes: { start: 0, end: 1 } });
    const before = axis > 0 ? [encoding.integers(shape.slice(0, axis))] : [];
    const after = axis + 1 < shape.length ? [encoding.integers(shape.slice(axis + 1))] : [];
    encoding.emit("Concat", [...before, size, ...after], [grown], { attributes: { axis: 0 } });
    return grown;
  };

  for (const [i, x] of graph.results.entries()) {
    const wanted = form.resultNames?.[i];
    if (wanted !== undefined && isComputed(x) && !names.has(x)) names.set(x, wanted);
  }
  const rewriting: Rewriting = form.rewrite?.(graph) ?? new Map();
  for (const node of graph.nodes) {
    current = node;
    if (rewriting.has(node)) rewriting.get(node)?.(encoding);
    else encoderOf(node, encoders)(node, encoding);
  }
  current = undefined;
  // A result needs a value of its own if it is an input, or if it is a result twice.
  const taken = new Set<string>();
  const resultNames = graph.results.map((x, i) => {
    let result = name(x);
    if (!isComputed(x) || taken.has(result)) {
      result = form.resultNames?.[i] ?? fresh();
      encoding.emit("Identity", [x], [result]);
    }
    taken.add(result);
    return result;
  });

  const produced = new Set(nodes.flatMap(({ output }) => output));
  const inputs = graph.nodes
    .filter(({ op }) => op === "input")
    .map(({ outputs: [x] }) => x)
    .filter((x) => !initializers.has(name(x)) && !produced.has(name(x))); // otherwise the form wrote its values
  return {
    graph: create(GraphProtoSchema, {
      name: "program",
      node: nodes,
      initializer: [...initializers.values()],
      input: inputs.map((x) => encodeValueInfo(name(x), x, openAxis(batch?.axisOf(x)))),
      output: graph.results.map((x, i) =>
        encodeValueInfo(resultNames[i]!, x, openAxis(batch?.axisOf(x))),
      ),
    }),
    resultNames,
    writtenFor,
  };
}

function encoderOf(node: GraphNode, encoders: Encoders) {
  const encoder = encoders[node.op as Primitive] as unknown;
  if (encoder === undefined) {
    throw new TypeError(
      `encode: expected an operator that can be written in ONNX, got ${printNode(node)}`,
    );
  }
  return encoder as (node: GraphNode, encoding: Encoding) => void;
}

/** The bytes of an ONNX file. */
export function encodeModel(graph: GraphProto, form: Form): Uint8Array<ArrayBuffer> {
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(form.irVersion),
    producerName: "mvt",
    opsetImport: Object.entries(form.operatorSets).map(([domain, version]) =>
      create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
    ),
    graph,
  });
  return toBinary(ModelProtoSchema, model);
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

/** An axis whose size is open, and the name that its size has. */
interface OpenAxis {
  readonly axis: number;
  readonly size: string;
}

const openAxis = (axis: number | undefined): OpenAxis | undefined =>
  axis === undefined ? undefined : { axis, size: "batch" };

export function encodeValueInfo(
  name: string,
  { shape, dtype }: Pick<Tensor, "shape" | "dtype">,
  open?: OpenAxis,
): ValueInfoProto {
  const dim = shape.map((n, i) => ({
    value:
      i === open?.axis
        ? { case: "dimParam" as const, value: open.size }
        : { case: "dimValue" as const, value: BigInt(n) },
  }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: dataTypes[dtype], shape: { dim } } } },
  });
}

const isComputed = ({ node: { op } }: Tensor) => op !== "input" && op !== "constant";
