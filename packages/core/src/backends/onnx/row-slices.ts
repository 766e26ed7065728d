/**
 * @file Parameters that a graph only reads in slices of rows, and gradients that it joins from such slices. Rows of an
 * array are contiguous in memory, so the graph can read and write the slices directly, without copies. The weights of
 * queries, keys and values are such slices of one parameter.
 */
import { groupBy } from "@mvt/common";
import { sizeOf } from "../../tensor.ts";
import type { Shape } from "../../tensor.ts";
import { encodeValueInfo } from "./encode.ts";
import type { GraphProto, NodeProto } from "./schema/onnx_pb.js";
import type { MemorySlice } from "./shared-memory.ts";

/** Some rows of an array, as an input or output of the graph. */
export interface RowSlice {
  readonly name: string;
  /** The array's name. */
  readonly of: string;
  /** The number of elements of the array before these rows. */
  readonly offset: number;
  readonly shape: Shape;
}

export interface ReadParameter {
  readonly name: string;
  readonly shape: Shape;
  /** The name of the output that is its gradient. */
  readonly gradient?: string;
}

/** The same graph without the nodes that split `parameters` along the first axis or concatenate their gradients. */
export function withRowSlices(
  graph: GraphProto,
  parameters: readonly ReadParameter[],
): { readonly graph: GraphProto; readonly rowSlices: readonly RowSlice[] } {
  const readersOf = groupBy(
    graph.node.flatMap((node) => node.input.map((input) => ({ input, node }))),
    ({ input }) => input,
  );
  const given = new Set([...graph.input, ...graph.initializer, ...graph.output].map((x) => x.name));
  const read: RowSlice[] = [];
  const written: RowSlice[] = [];
  const removed = new Set<NodeProto>();
  for (const { name, shape, gradient } of parameters) {
    const readers = readersOf.get(name) ?? [];
    const split = readers[0]?.node;
    if (readers.length !== 1 || split?.opType !== "Split" || !isAlongRows(split)) continue;
    if (split.output.some((rowSlice) => given.has(rowSlice))) continue;
    const rows = integersOf(graph, split.input[1]!);
    removed.add(split);
    read.push(...rowSlicesOf(name, shape, rows, split.output));

    if (gradient === undefined || readersOf.has(gradient)) continue;
    const concat = graph.node.find(({ output }) => output[0] === gradient);
    if (concat?.opType !== "Concat" || !isAlongRows(concat)) continue;
    const isJoinedAlone = (rowSlice: string) =>
      readersOf.get(rowSlice)!.length === 1 && !given.has(rowSlice);
    const isOfSlices =
      concat.input.length === rows.length &&
      concat.input.every((rowSlice) => isJoinedAlone(rowSlice));
    if (!isOfSlices) continue;
    removed.add(concat);
    written.push(...rowSlicesOf(gradient, shape, rows, concat.input));
  }
  const valueOf = ({ name, shape }: RowSlice) => encodeValueInfo(name, { shape, dtype: "float32" });
  const rowSlices = [...read, ...written];
  const cut = new Set(rowSlices.map(({ of }) => of));
  const whole = ({ name }: { readonly name: string }) => !cut.has(name);
  const node = graph.node.filter((n) => !removed.has(n));
  const stillRead = new Set(node.flatMap((n) => n.input));
  return {
    graph: {
      ...graph,
      node,
      initializer: graph.initializer.filter(({ name }) => stillRead.has(name)),
      input: [...graph.input.filter((x) => whole(x)), ...read.map((x) => valueOf(x))],
      output: [...graph.output.filter((x) => whole(x)), ...written.map((x) => valueOf(x))],
    },
    rowSlices,
  };
}

/** Where arrays lie in memory, by name, with those that are cut replaced by their slices. */
export function inRowSlices(
  arrays: ReadonlyMap<string, MemorySlice>,
  rowSlices: readonly RowSlice[],
): ReadonlyMap<string, MemorySlice> {
  const cut = groupBy(rowSlices, ({ of }) => of);
  return new Map(
    [...arrays].flatMap(([name, array]): readonly (readonly [string, MemorySlice])[] => {
      const own = cut.get(name);
      if (own === undefined) return [[name, array]];
      return own.map((rowSlice) => [
        rowSlice.name,
        {
          ...array,
          at: array.at + rowSlice.offset * Float32Array.BYTES_PER_ELEMENT,
          shape: rowSlice.shape,
        },
      ]);
    }),
  );
}

function rowSlicesOf(
  of: string,
  [, ...row]: Shape,
  rows: readonly number[],
  names: readonly string[],
): readonly RowSlice[] {
  let offset = 0;
  return names.map((name, i) => {
    const rowSlice = { name, of, offset, shape: [rows[i]!, ...row] };
    offset += sizeOf(rowSlice.shape);
    return rowSlice;
  });
}

const isAlongRows = ({ attribute }: NodeProto) =>
  attribute.find(({ name }) => name === "axis")?.i === 0n;

/** The values of an int64 constant. */
function integersOf({ initializer }: GraphProto, constant: string): readonly number[] {
  const { rawData } = initializer.find(({ name }) => name === constant)!;
  const { buffer, byteOffset, byteLength } = rawData;
  return Array.from(new BigInt64Array(buffer, byteOffset, byteLength / 8), Number);
}
