/** @file The arrays of a file by the parameter that their names stand for. */
import { sameShape } from "../../tensor.ts";
import type { Shape } from "../../tensor.ts";
import { isFloatElement } from "../element.ts";
import type { StoredArray, WeightsFile } from "../stored.ts";
import { meaningOf, prefixesOf, schemeOf, stack } from "./names.ts";
import type { NameScheme } from "./names.ts";

/** What a parameter is loaded from: an array of the file, or several of them joined. */
export interface Source {
  /** Their names in the file. */
  readonly from: readonly string[];
  readonly array: StoredArray;
}

/** An array whose shape is not that of its parameter, or that holds no floating-point numbers. */
export interface Unfit {
  readonly parameter: string;
  readonly expected: Shape;
  readonly from: readonly string[];
  readonly got: Pick<StoredArray, "shape" | "type">;
}

export interface Assignment {
  /** The prefixes of the networks in the file. Nothing is assigned if there are several. */
  readonly prefixes: readonly string[];
  readonly names: NameScheme;
  readonly sources: ReadonlyMap<string, Source>;
  /** Names that are not needed, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** Names of no parameter of the network, or of one that has a source already. */
  readonly unknown: readonly string[];
  /** Of q, k and v as separate arrays only; the shapes of other arrays are not compared here. */
  readonly unfit: readonly Unfit[];
}

/** Whether a parameter belongs to the head, which is replaced where a file has other classes. */
export const isHead = (parameter: string) => parameter.startsWith("head.");

/**
 * Whether a parameter starts anew where a file does not have it: average pooling has a norm of its own, which files from
 * before fine-tuning lack, and files that were trained on the class token as well.
 */
export const mayStartAnew = (parameter: string) =>
  isHead(parameter) || parameter.startsWith("fc_norm.");

/** Sorts the arrays of a file by name, for a network whose parameters have `shapes`. */
export function assignNames(
  { arrays }: WeightsFile,
  shapes: ReadonlyMap<string, Shape>,
  { withHead }: { readonly withHead: boolean },
): Assignment {
  const prefixes = prefixesOf([...arrays.keys()]);
  const [prefix] = prefixes as readonly [string];
  const bare = (name: string) => name.slice(prefix.length);
  const inside = [...arrays.keys()].filter((name) => name.startsWith(prefix));
  const names = schemeOf(inside.map(bare));
  const sources = new Map<string, Source>();
  const apart = new Map<string, (Source | undefined)[]>(); // q, k and v of each parameter
  const skipped: { name: string; reason: string }[] = [];
  const unknown: string[] = [];
  const unfit: Unfit[] = [];
  if (prefixes.length > 1) {
    return { prefixes, names, sources, skipped, unknown: [...arrays.keys()], unfit };
  }

  const assign = (name: string, array: StoredArray, parameter: string, qkv?: 0 | 1 | 2) => {
    const source: Source = { from: [name], array };
    const shape = shapes.get(parameter)!;
    if (!withHead && isHead(parameter)) {
      const [classes] = array.shape;
      skipped.push({ name, reason: `the head of ${classes} classes, which a new one replaces` });
    } else if (qkv === undefined) {
      if (sources.has(parameter)) unknown.push(name);
      else sources.set(parameter, source);
    } else {
      const expected = shape.with(0, shape[0]! / 3);
      if (!sameShape(array.shape, expected) || !isFloatElement(array.type)) {
        unfit.push({ parameter, expected, from: [name], got: array });
      }
      const found = apart.get(parameter) ?? [undefined, undefined, undefined];
      if (found[qkv] === undefined) apart.set(parameter, found.with(qkv, source));
      else unknown.push(name);
    }
  };

  for (const [name, array] of arrays) {
    if (!name.startsWith(prefix)) {
      skipped.push({ name, reason: `outside the network, whose names begin with ${prefix}` });
      continue;
    }
    const meaning = meaningOf(bare(name), names);
    if (meaning !== undefined && "skip" in meaning) {
      skipped.push({ name, reason: meaning.skip });
    } else if (meaning !== undefined && shapes.has(meaning.parameter)) {
      assign(name, array, meaning.parameter, meaning.qkv);
    } else if (!withHead && /^norm\.(weight|bias)$/.test(meaning?.parameter ?? "")) {
      skipped.push({ name, reason: "the norm of the class token, which average pooling replaces" });
    } else if (meaning !== undefined && !withHead && isHead(meaning.parameter)) {
      // MoCo v3 and DINO train a head of several layers.
      skipped.push({ name, reason: "part of a head of another form, which a new one replaces" });
    } else if (isFloatElement(array.type)) {
      unknown.push(name);
    } else {
      skipped.push({ name, reason: `a buffer of ${array.type}, no weight` });
    }
  }
  for (const [parameter, found] of apart) {
    const present = found.filter((source) => source !== undefined);
    sources.set(parameter, {
      from: present.flatMap(({ from }) => from),
      array: stack(present.map(({ array }) => array)),
    });
  }
  return { prefixes, names, sources, skipped, unknown, unfit };
}
