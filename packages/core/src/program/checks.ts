/** @file Checks of a program and of its feeds, which every backend makes with the same messages. */
import { isNode } from "../ops/primitives.ts";
import type { GraphNode, Tensor } from "../tensor.ts";
import { formatShape, sizeOf } from "../tensor.ts";
import { printNode } from "./print.ts";
import { inputOf } from "./program.ts";
import type { Feed, Feeds } from "./program.ts";
import type { Graph } from "./simplify.ts";

/**
 * Throws TypeError if the graph reads an input that is neither fed nor state.
 *
 * @param read the names of the inputs that the graph reads
 * @param known the names of what is fed and of the state
 * @param nodes the nodes of the graph, so that the message can show one that reads the input
 */
export function requireAllKnown(
  read: readonly string[],
  known: ReadonlySet<string>,
  nodes: readonly GraphNode[] = [],
): void {
  const unknown = read.filter((name) => !known.has(name));
  const [first] = unknown;
  if (first === undefined) return;
  const reader = nodes.find(({ inputs }) =>
    inputs.some(({ node }) => isNode(node, "input") && node.params.name === first),
  );
  const where = reader && `. ${first} is read by ${printNode(reader)}`;
  throw new TypeError(
    `compile: expected every input to be fed or kept as state, but ${unknown.join(", ")} ${unknown.length > 1 ? "are" : "is"} neither${where ?? ""}`,
  );
}

/** `requireAllKnown` for the inputs of a graph; `known` are the tensors that are fed or kept as state. */
export function requireKnownInputs({ nodes }: Graph, known: readonly Tensor[]): void {
  const read = nodes.filter(({ op }) => op === "input").map(({ outputs: [x] }) => inputOf(x).name);
  requireAllKnown(read, new Set(known.map((x) => inputOf(x).name)), nodes);
}

/** The values that a run is given for one of its inputs. Throws TypeError if there are none, or not as many as expected. */
export function feedOf(given: Feeds, { name, shape }: ReturnType<typeof inputOf>): Feed {
  const data = given[name];
  if (data?.length !== sizeOf(shape)) {
    throw new TypeError(
      `run: expected ${sizeOf(shape)} values for ${name} ${formatShape(shape)}, got ${data?.length ?? "none"}`,
    );
  }
  return data;
}
