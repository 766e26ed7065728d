/** @file Makes a threshold out of a definition and parameter values, and checks that its f fits Eq. 6. */
import { createHash } from "node:crypto";
import { CommandLineError, didYouMean, reasonOf } from "@mvt/common";
import type { Threshold, ThresholdDefinition } from "./threshold.ts";

type Overrides = Readonly<Record<string, number | undefined>>;

/** Steps of the grid on which f is checked; a power of two, so that 0, 1/4, 1/2 and 1 are on it. */
const gridSteps = 4096;

/** How far f may be below 0, or fall, through rounding alone. */
const rounding = 1e-12;

/** The P_gt on which f is checked: 0, 1/4096, ..., 1. */
const grid: readonly number[] = Array.from({ length: gridSteps + 1 }, (_, i) => i / gridSteps);

/**
 * The threshold with `overrides` in place of the defaults.
 *
 * Checks the parameters, then f on 4,097 values of P_gt from 0 to 1: it must be finite, nonnegative,
 * non-decreasing and the same when called twice. The relabeller does not check f again.
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
  const threshold: Threshold = {
    name,
    parameters,
    f(pGt) {
      try {
        return definition.f(pGt, parameters);
      } catch (cause) {
        const found = `it threw: ${reasonOf(cause)}`;
        throw propertyError(threshold, "a function that never throws", pGt, found, "", cause);
      }
    },
  };
  checkProperties(threshold);
  return Object.freeze(threshold);
}

function checkProperties(threshold: Threshold): void {
  let before = { pGt: 0, value: 0 };
  for (const pGt of grid) {
    const value: unknown = threshold.f(pGt);
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
    const again = threshold.f(pGt);
    if (again !== value) {
      const found = `it is ${value} once and ${again} the next time`;
      const advice = "Use no random numbers, no clock and no state.";
      throw propertyError(threshold, "the same for the same P_gt", pGt, found, advice);
    }
    before = { pGt, value };
  }
}

function propertyError(
  { name, parameters }: Threshold,
  property: string,
  pGt: number,
  found: string,
  advice: string,
  cause?: unknown,
): CommandLineError {
  const values = Object.entries(parameters).map(([key, value]) => `, ${key} = ${value}`);
  return new CommandLineError(
    `threshold "${name}": f must be ${property}, but at P_gt = ${pGt}${values.join("")} ${found}. ${advice}`.trim(),
    { cause },
  );
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
export function thresholdFingerprint({ f }: Threshold): string {
  const values = grid.map((pGt) => f(pGt).toPrecision(12));
  return createHash("sha256").update(values.join()).digest("hex").slice(0, 16);
}
