/** @file What every backend asks of a program and of feeds, in the same words. */
import { formatShape, sizeOf } from "../tensor.ts";
import type { Feed, Feeds, inputOf } from "./program.ts";

/** A program whose graph reads an input that is neither fed nor state cannot run. */
export function requireAllKnown(read: readonly string[], known: ReadonlySet<string>): void {
  const unknown = read.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new TypeError(
      `compile: expected every input to be fed or kept as state, but ${unknown.join(", ")} is neither`,
    );
  }
}

/** The values that a run is given for one of its inputs. */
export function feedOf(given: Feeds, { name, shape }: ReturnType<typeof inputOf>): Feed {
  const data = given[name];
  if (data?.length !== sizeOf(shape)) {
    throw new TypeError(
      `run: expected ${sizeOf(shape)} values for ${name} ${formatShape(shape)}, got ${data?.length ?? "none"}`,
    );
  }
  return data;
}
