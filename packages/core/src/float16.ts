/** @file Arrays of float16: JavaScript's own where it has them (Node 24 and newer), else those of a library. */
import { Float16Array as Ponyfill } from "@petamoriken/float16";
import type { Float16Array as Float16 } from "@petamoriken/float16";

export type Float16Array = Float16;

const own = (globalThis as { readonly Float16Array?: typeof Ponyfill }).Float16Array;

export const Float16Array: typeof Ponyfill = own ?? Ponyfill;
