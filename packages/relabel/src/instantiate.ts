/** @file Makes a threshold out of a definition and parameter values, and checks that its f fits Eq. 6. */
import { createHash } from "node:crypto";
import { CommandLineError, didYouMean, reasonOf } from "@mvt/common";
import { exampleContexts, neutralContext } from "./example-contexts.ts";
import type { Threshold, ThresholdContext, ThresholdDefinition } from "./threshold.ts";

type Overrides = Readonly<Record<string, number | undefined>>;

/** Steps of the grid on which f is checked; a power of two, so that 0, 1/4, 1/2 and 1 are on it. */
const gridSteps = 4096;

/** How far f may be below 0, or fall, through rounding alone. */
const rounding = 1e-12;

/** The P_gt on which f is checked: 0, 1/4096, ..., 1. */
const grid: readonly number[] = Array.from({ length: gridSteps + 1 }, (_, i) => i / gridSteps);

/** The P_gt whose values in example contexts are hashed: 0, 1/64, ..., 1. */
const coarseGrid = grid.filter((_, i) => i % 64 === 0);

/**
 * The threshold with `overrides` in place of the defaults.
 *
 * Checks the parameters, then f on 4,097 values of P_gt from 0 to 1: it must be finite, nonnegative,
 * non-decreasing and the same when called twice; in each of `exampleContexts` if it takes a context. The relabeller
 * does not check f again.
 *
 * @throws CommandLineError that says which property fails, at which P_gt and with which value.
 */
export function instantiate<Name extends string>(
  definition: ThresholdDefinition<Name>,
  overrides?: Readonly<Partial<Record<NoInfer<Name>, number>>>,
): Threshold;
export function instantiate(definition: ThresholdDefinition, overrides: Overrides = {}): Threshold {
  const { name } = definition;
  const parameters = fillIn(definition, overrides);
  if (definition.f.length > 2 && definition.context !== true) {
    throw new CommandLineError(
      `threshold "${name}": expected an f of P_gt and parameters, got one with ${definition.f.length} arguments. Write context: true into the definition if f takes a context.`,
    );
  }
  const evaluate = (pGt: number, context?: ThresholdContext) => {
    try {
      // Without context: true there is no third argument, whatever the type of f allows.
      return (definition.f as (...values: readonly unknown[]) => number)(
        pGt,
        parameters,
        ...(context ? [context] : []),
      );
    } catch (cause) {
      const found = `it threw: ${reasonOf(cause)}`;
      const at = { name, parameters, context };
      throw propertyError(at, "a function that never throws", pGt, found, "", cause);
    }
  };
  if (definition.context !== true) {
    const f = (pGt: number) => evaluate(pGt);
    checkProperties({ name, parameters }, f);
    return Object.freeze({ name, parameters, f });
  }
  for (const context of exampleContexts) {
    checkProperties({ name, parameters, context }, (pGt) => evaluate(pGt, context));
  }
  const f = (pGt: number) => evaluate(pGt, neutralContext);
  return Object.freeze({ name, parameters, f, inContext: evaluate });
}

/** Which function is checked, and where. */
interface Checked {
  readonly name: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly context?: ThresholdContext;
}

function checkProperties(threshold: Checked, f: (pGt: number) => unknown): void {
  let before = { pGt: 0, value: 0 };
  for (const pGt of grid) {
    const value = f(pGt);
    if (typeof value !== "number" || !Number.isFinite(value)) {
      const advice = "Return a finite number for every P_gt in [0, 1].";
      throw propertyError(threshold, "finite", pGt, `it is ${describe(value)}`, advice);
    }
    if (value < -rounding) {
      const advice = "Clip it at 0: delta is the lower limit of the threshold.";
      throw propertyError(threshold, "nonnegative", pGt, `it is ${value}`, advice);
    }
    if (value < before.value - rounding) {
      const found = `it falls to ${value}, from ${before.value} at P_gt = ${before.pGt}`;
      const advice = "Make it rise or stay level from 0 to 1.";
      throw propertyError(threshold, "non-decreasing", pGt, found, advice);
    }
    const again = f(pGt);
    if (again !== value) {
      const found = `it is ${value} once and ${String(again)} the next time`;
      const advice = "Use no random numbers, no clock and no state.";
      throw propertyError(threshold, "the same for the same P_gt", pGt, found, advice);
    }
    before = { pGt, value };
  }
}

function propertyError(
  { name, parameters, context }: Checked,
  property: string,
  pGt: number,
  found: string,
  advice: string,
  cause?: unknown,
): CommandLineError {
  const values = Object.entries(parameters).map(([key, value]) => `, ${key} = ${value}`);
  const where = context === undefined ? "" : `, ${describeContext(context)},`;
  return new CommandLineError(
    `threshold "${name}": f must be ${property}, but at P_gt = ${pGt}${values.join("")}${where} ${found}. ${advice}`.trim(),
    { cause },
  );
}

/** "epoch 10, label fear whose class has the confidence 0.5": what tells one context from another. */
function describeContext({ epoch, label, classes, classConfidence }: ThresholdContext): string {
  const confidence = Number(classConfidence[label]!.toPrecision(3));
  return `in epoch ${epoch} for label ${classes[label]}, whose class has the confidence ${confidence}`;
}

/** Every parameter in the order of the definition: its override, else its default. */
function fillIn(
  { name, parameters }: ThresholdDefinition,
  overrides: Overrides,
): Readonly<Record<string, number>> {
  const names = Object.keys(parameters);
  for (const key of Object.keys(overrides)) {
    if (!names.includes(key)) {
      const has = names.length === 0 ? "takes no parameters" : `has ${names.join(", ")}`;
      throw new CommandLineError(
        `threshold "${name}": there is no parameter "${key}"; it ${has}.${didYouMean(key, names)}`,
      );
    }
  }
  const entries = Object.entries(parameters).map(([key, parameter]) => {
    const { default: fallback, about, min = -Infinity, max = Infinity } = parameter;
    const value: unknown = overrides[key] ?? fallback;
    if (typeof value !== "number" || !Number.isFinite(value) || value < min || value > max) {
      throw new CommandLineError(
        `threshold "${name}": expected ${key} (${about}) to be ${range(min, max)}, got ${describe(value)}. Its default is ${fallback}.`,
      );
    }
    return [key, value] as const;
  });
  return Object.freeze(Object.fromEntries(entries));
}

function range(min: number, max: number): string {
  if (Number.isFinite(min) && Number.isFinite(max)) return `a number from ${min} to ${max}`;
  if (Number.isFinite(min)) return `a number not below ${min}`;
  return Number.isFinite(max) ? `a number not above ${max}` : "a finite number";
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/**
 * 16 hexadecimal digits of the SHA-256 of f's values on the grid, each to 12 significant digits.
 *
 * A plugin's file can change while its name stays. Run ids therefore depend on this value as well.
 */
export function thresholdFingerprint({ f, inContext }: Threshold): string {
  const values = grid.map((pGt) => f(pGt).toPrecision(12));
  if (inContext) {
    for (const context of exampleContexts) {
      for (const pGt of coarseGrid) values.push(inContext(pGt, context).toPrecision(12));
    }
  }
  return createHash("sha256").update(values.join()).digest("hex").slice(0, 16);
}
