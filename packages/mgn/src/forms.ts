/** @file The forms in which a classifier can apply M_p: one record, and the k highest patches in graph and host. */
import { UserError } from "@mvt/common";
import { dims, ops } from "@mvt/core";
import type { Tensor } from "@mvt/core";

interface FormDefinition<Parameters extends object> {
  /** One line of help. */
  readonly about: string;
  /** Whether every value is 0 or 1. No gradient passes a binary form: it is for evaluation and export. */
  readonly binary: boolean;
  /** The form's parameters for a generator of mask ratio m. They are part of run configurations. */
  readonly parameters: (m: number) => Parameters;
  /** M_p [B, N] to the mask that is applied, [B, N]. */
  readonly apply: (Mp: Tensor, parameters: Parameters) => Tensor;
}

/** Infers the type of the parameters. */
const defineForm = <Parameters extends object>(definition: FormDefinition<Parameters>) =>
  definition;

/** Every form, by the name that `--mask-form` takes. */
export const maskForms = {
  // The paper multiplies by M_p and mentions no threshold.
  soft: defineForm({
    about: "M_p as the generator gives it, between 0 and 1",
    binary: false,
    parameters: () => ({}),
    apply: (Mp) => Mp,
  }),
  hard: defineForm({
    about: "1 where M_p is above 0.5, else 0",
    binary: true,
    parameters: () => ({ threshold: 0.5 }),
    apply: (Mp, { threshold }) => ops.cast(ops.greater(Mp, threshold), "float32"),
  }),
  "top-k": defineForm({
    about: "1 for the round(m N) patches of highest M_p, else 0",
    binary: true,
    parameters: (m) => ({ m }),
    apply(Mp, { m }) {
      const [, N] = dims(Mp, "B N");
      return topK(Mp, maskedPatchCount(m, N));
    },
  }),
};

type MaskForms = typeof maskForms;
export type MaskFormName = keyof MaskForms;

/** A form with its parameters, as it stands in a run's configuration: { kind: "hard", threshold: 0.5 }. */
export type MaskForm = {
  [Name in MaskFormName]: { readonly kind: Name } & Readonly<
    ReturnType<MaskForms[Name]["parameters"]>
  >;
}[MaskFormName];

/** The form of this name for a generator of mask ratio m. */
export function maskForm(name: MaskFormName, m: number): MaskForm {
  return { kind: name, ...maskForms[name].parameters(m) } as MaskForm;
}

/** M_p [B, N] in the given form, [B, N]. */
export function shapeMask(Mp: Tensor, { kind, ...parameters }: MaskForm): Tensor {
  return maskForms[kind].apply(Mp, parameters as never);
}

/** k = round(m N): 20, 29 and 39 of 196 patches for m = 0.10, 0.15 and 0.20. */
export function maskedPatchCount(m: number, patches: number): number {
  return Math.round(m * patches);
}

/**
 * 1 for the k highest values of every row and 0 elsewhere: [B, N] to [B, N], without a gradient. Of equal
 * values the first count. A patch is among the k if fewer than k come before it, which takes comparisons
 * [B, N, N] but no sort.
 */
export function topK(Mp: Tensor, k: number): Tensor {
  const [B, N] = dims(Mp, "B N");
  requireCount(k, N);
  const [mine, other] = [ops.reshape(Mp, [B, N, 1]), ops.reshape(Mp, [B, 1, N])];
  const indices = Int32Array.from({ length: N }, (_, i) => i);
  const isEarlier = ops.greater(ops.constant(indices, [N, 1]), ops.constant(indices, [1, N])); // [N, N]
  const higher = ops.cast(ops.greater(other, mine), "float32"); // [B, N, N]
  const equalAndEarlier = ops.mul(
    ops.cast(ops.equal(other, mine), "float32"),
    ops.cast(isEarlier, "float32"),
  );
  const before = ops.sum(ops.add(higher, equalAndEarlier), [2]); // [B, N]
  return ops.cast(ops.greater(k, before), "float32");
}

/** `topK` of one image outside the graph: [N] to [N]. */
export function topKMask(Mp: ArrayLike<number>, k: number): Float32Array<ArrayBuffer> {
  requireCount(k, Mp.length);
  const order = Array.from({ length: Mp.length }, (_, i) => i).toSorted(
    (a, b) => Mp[b]! - Mp[a]! || a - b,
  );
  const mask = new Float32Array(Mp.length);
  for (const patch of order.slice(0, k)) mask[patch] = 1;
  return mask;
}

function requireCount(k: number, patches: number): void {
  if (Number.isInteger(k) && k >= 0 && k <= patches) return;
  throw new UserError(
    `top-k: expected a whole number of patches from 0 to ${patches}, got ${k}; use maskedPatchCount(m, N).`,
  );
}
