/**
 * @file A graph of primitives as an ONNX model, encoded with the published onnx.proto schema.
 */
import { create, toBinary } from "@bufbuild/protobuf";
import { isNode } from "../../ops/primitives.ts";
import type { Primitive } from "../../ops/primitives.ts";
import type { GraphNode, Shape, Tensor, DType } from "../../tensor.ts";
import type { Graph } from "../../program/simplify.ts";
import { engineForm } from "./encoders.ts";
import type { Attribute, Encoding, Form, Rewriting, StoredType } from "./encoding.ts";
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

export interface EncodedModel {
  readonly model: Uint8Array<ArrayBuffer>;
  /** The names of the graph's results, in order. */
  readonly resultNames: readonly string[];
}

export interface EncodedGraph {
  readonly graph: GraphProto;
  readonly resultNames: readonly string[];
}

/** A graph as a model, by default for the engine that trains. */
export function encode(graph: Graph, form: Form = engineForm): EncodedModel {
  const encoded = encodeGraph(graph, form);
  return { model: encodeModel(encoded.graph, form), resultNames: encoded.resultNames };
}

/**
 * Encodes a graph. Inputs keep their names, results get those that
 * the form gives them; all other values are numbered.
 */
export function encodeGraph(graph: Graph, form: Form): EncodedGraph {
  const { encoders, batch } = form;
  const nodes: NodeProto[] = [];
  const initializers = new Map<string, TensorProto>();
  const names = new Map<Tensor, string>();
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
    if (rewriting.has(node)) {
      rewriting.get(node)?.(encoding);
      continue;
    }
    const encodeNode = encoders[node.op as Primitive] as unknown as (
      node: GraphNode,
      encoding: Encoding,
    ) => void;
    encodeNode(node, encoding);
  }
  // A result that is an input or was asked for twice needs a value of its own.
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
    .filter((x) => !initializers.has(name(x)) && !produced.has(name(x))); // else the form has its values
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
  };
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
