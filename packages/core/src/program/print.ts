/** @file Programs as text, one line per node, as JAX prints jaxprs. For people; nothing reads it back. */
import { isNode } from "../ops/primitives.ts";
import { formatShape } from "../tensor.ts";
import type { GraphNode, Tensor } from "../tensor.ts";
import { inputOf } from "./program.ts";
import type { Program } from "./program.ts";
import { simplify } from "./simplify.ts";

/** What can be printed: a program, named tensors, or tensors. */
export type Printable = Program | Readonly<Record<string, Tensor>> | readonly Tensor[];

/**
 * The graph of a program, or of some tensors, after `simplify`: a line for every node with the element types and
 * shapes of its outputs, then the results. Inputs have their names; `state` marks those that an executable keeps.
 * Other values are numbered %1, %2 and so on. Constants of shape [] are written where they are used.
 *
 *     x: float32[2, 3] = input
 *     w: float32[4, 3] = state
 *     %1: float32[2, 4] = matmul(x, w, transposeY: true)
 *     %2: float32[2, 4] = mul(%1, 0.5)
 *     return y: %2
 */
export function printProgram(printed: Printable): string {
  const results = resultsOf(printed);
  const graph = simplify(results.map(([, x]) => x));
  const slots = isProgram(printed) ? printed.state : [];
  const state = new Set(slots.map(({ input }) => nameOf(input)));
  const names = new Map<Tensor, string>();
  const operand = (x: Tensor) => names.get(x)!;
  const lines: string[] = [];
  let count = 0;
  for (const node of graph.nodes) {
    const literal = literalOf(node);
    for (const y of node.outputs) {
      names.set(y, isNode(node, "input") ? nameOf(y) : (literal ?? `%${(count += 1)}`));
    }
    if (literal !== undefined) continue;
    const made = node.outputs.map((y) => `${operand(y)}: ${printType(y)}`).join(", ");
    const isState = isNode(node, "input") && state.has(nameOf(node.outputs[0]));
    lines.push(`${made} = ${isState ? "state" : applied(node, operand)}`);
  }
  for (const [i, [name]] of results.entries()) {
    lines.push(`return ${name}: ${operand(graph.results[i]!)}`);
  }
  return lines.join("\n");
}

/**
 * The line of one node, for errors. Its operands have no numbers, so their types are given instead:
 * "float32[2, 4] = matmul(float32[2, 3], w: float32[4, 3], transposeY: true)".
 */
export function printNode(node: GraphNode): string {
  const operand = (x: Tensor) =>
    literalOf(x.node) ?? (isNode(x.node, "input") ? `${nameOf(x)}: ` : "") + printType(x);
  return `${node.outputs.map((y) => printType(y)).join(", ")} = ${applied(node, operand)}`;
}

/** An element type with a shape: "float32[2, 3]". */
function printType({ dtype, shape }: Pick<Tensor, "dtype" | "shape">): string {
  return `${dtype}${formatShape(shape)}`;
}

/** The operator with its operands and parameters, or an input or a constant. */
function applied(node: GraphNode, operand: (x: Tensor) => string): string {
  if (isNode(node, "input")) return "input";
  if (isNode(node, "constant")) return `constant(${printValues(node.params.data)})`;
  const parameters = Object.entries(node.params)
    .filter(([name, value]) => !isObvious(name, value))
    .map(([name, value]) => `${name}: ${printParameter(value)}`);
  return `${node.op}(${[...node.inputs.map(operand), ...parameters].join(", ")})`;
}

/** Parameters that say nothing: switches that are off, a factor of 1, the shape that the output has anyway. */
function isObvious(name: string, value: unknown): boolean {
  return value === false || (name === "scale" && value === 1) || name === "shape";
}

function printParameter(value: unknown): string {
  if (Array.isArray(value)) return formatShape(value);
  if (typeof value === "number") return printNumber(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

const printNumber = (value: number) => `${Number(value.toPrecision(6))}`;

const mostValues = 6;

function printValues(data: ArrayLike<number>): string {
  const first = Array.from({ length: Math.min(data.length, mostValues) }, (_, i) =>
    printNumber(data[i]!),
  );
  return [...first, ...(data.length > mostValues ? ["..."] : [])].join(", ");
}

/** The value of a constant of shape []. */
function literalOf(node: GraphNode): string | undefined {
  const isScalar = isNode(node, "constant") && node.outputs[0].shape.length === 0;
  return isScalar ? printValues(node.params.data) : undefined;
}

const nameOf = (x: Tensor) => inputOf(x).name;

const isProgram = (printed: Printable): printed is Program =>
  !Array.isArray(printed) && "outputs" in printed && !("node" in printed.outputs);

/** What is computed, with the name under which it is returned. */
function resultsOf(printed: Printable): readonly (readonly [string, Tensor])[] {
  if (!isProgram(printed)) return Object.entries(printed);
  const { outputs, state, update } = printed;
  const next = state.flatMap(({ input, next: x }) =>
    x ? [[`next ${nameOf(input)}`, x] as const] : [],
  );
  const gradients = (update?.parameters ?? []).map(
    (parameter, i) => [`gradient of ${nameOf(parameter)}`, update!.gradients[i]!] as const,
  );
  return [...Object.entries(outputs), ...gradients, ...next];
}
