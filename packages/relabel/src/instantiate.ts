/** @file From a definition and some numbers to a threshold that Eq. 6 may rely on. */
import { ThresholdError } from "./error.ts";
import { didYouMean } from "@mvt/common";
import type { Threshold, ThresholdDefinition } from "./threshold.ts";

type Overrides = Readonly<Record<string, number | undefined>>;

/** Steps of the grid on which f is checked; a power of two, so that 0, 1/4, 1/2 and 1 are on it. */
const gridSteps = 4096;

/** What f may lose to rounding and still count as nonnegative and non-decreasing. */
const rounding = 1e-12;

/** The P_gt on which f is checked: 0, 1/4096, ..., 1. */
export const grid: readonly number[] = Array.from(
  { length: gridSteps + 1 },
  (_, i) => i / gridSteps,
);

/**
 * The threshold with `overrides` in place of the defaults.
 *
 * Checks the parameters, then f on `grid`: finite, nonnegative, non-decreasing and the same when asked
 * twice. Afterwards f is trusted: it is not checked again where the relabeller calls it.
 *
 * @throws ThresholdError that says which property fails, at which P_gt and with which value.
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
        const message = cause instanceof Error ? cause.message : String(cause);
        throw lawError(
          threshold,
          "a function that never throws",
          pGt,
          `it threw: ${message}`,
          "",
          cause,
        );
      }
    },
  };
  checkLaws(threshold);
  return Object.freeze(threshold);
}

function checkLaws(threshold: Threshold): void {
  let before = { pGt: 0, value: 0 };
  for (const pGt of grid) {
    const value: unknown = threshold.f(pGt);
    if (typeof value !== "number" || !Number.isFinite(value)) {
      const mend = "Return a finite number for every P_gt in [0, 1].";
      throw lawError(threshold, "finite", pGt, `it is ${describe(value)}`, mend);
    }
    if (value < -rounding) {
      const mend = "Clip it at 0: delta is the lower limit of the threshold.";
      throw lawError(threshold, "nonnegative", pGt, `it is ${value}`, mend);
    }
    if (value < before.value - rounding) {
      const found = `it falls to ${value}, from ${before.value} at P_gt = ${before.pGt}`;
      const mend = "Make it rise or stay level from 0 to 1.";
      throw lawError(threshold, "non-decreasing", pGt, found, mend);
    }
    const again = threshold.f(pGt);
    if (again !== value) {
      const found = `it is ${value} once and ${again} the next time`;
      const mend = "Use no random numbers, no clock and no state.";
      throw lawError(threshold, "the same whenever it is asked", pGt, found, mend);
    }
    before = { pGt, value };
  }
}

function lawError(
  { name, parameters }: Threshold,
  law: string,
  pGt: number,
  found: string,
  mend: string,
  cause?: unknown,
): ThresholdError {
  const values = Object.entries(parameters).map(([key, value]) => `, ${key} = ${value}`);
  return new ThresholdError(
    `threshold "${name}": f must be ${law}, but at P_gt = ${pGt}${values.join("")} ${found}. ${mend}`.trim(),
    cause === undefined ? undefined : { cause },
  );
}

/** Defaults and overrides, in the order of the definition. */
function fillIn(
  { name, parameters }: ThresholdDefinition,
  overrides: Overrides,
): Readonly<Record<string, number>> {
  const names = Object.keys(parameters);
  for (const key of Object.keys(overrides)) {
    if (!names.includes(key)) {
      const has = names.length === 0 ? "takes no parameters" : `has ${names.join(", ")}`;
      throw new ThresholdError(
        `threshold "${name}": there is no parameter "${key}"; it ${has}.${didYouMean(key, names)}`,
      );
    }
  }
  const entries = Object.entries(parameters).map(([key, parameter]) => {
    const { default: fallback, about, min = -Infinity, max = Infinity } = parameter;
    const value: unknown = overrides[key] ?? fallback;
    if (typeof value !== "number" || !Number.isFinite(value) || value < min || value > max) {
      throw new ThresholdError(
        `threshold "${name}": expected ${key} (${about}) to be ${range(min, max)}, got ${describe(value)}. Its default is ${fallback}.`,
      );
    }
    return [key, value] as const;
  });
  return Object.freeze(Object.fromEntries(entries));
}

function range(min: number, max: number): string {
  if (Number.isFinite(min) && Number.isFinite(max)) {
    return `a number from ${min} to ${max}`;
  }
  if (Number.isFinite(min)) {
    return `a number not below ${min}`;
  }
  return Number.isFinite(max) ? `a number not above ${max}` : "a finite number";
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
