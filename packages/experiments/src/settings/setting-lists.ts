/** @file Lists in `--set`: `--set schedule.learningRate=1e-4,3e-4` asks for one run with each of the values. */
import { parseJson } from "@mvt/common";
import { takesLists } from "./training.ts";

/** The assignments of one run. */
export interface SettingVariant {
  readonly assignments: readonly string[];
  /** Its values of the settings that have a list, by their paths. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Every combination of the values of the lists, the last list changing first; without a list, the assignments themselves.
 *
 * Values are separated by commas, or are a list of JSON. A setting whose value is a list itself, such as adamw.betas, takes
 * [0.9,0.98] as one value and [0.9,0.98],[0.9,0.999] as two.
 */
export function settingVariants(assignments: readonly string[]): readonly SettingVariant[] {
  return assignments.reduce<readonly SettingVariant[]>(
    (variants, assignment) => {
      const [path, values] = valuesOf(assignment);
      if (values.length < 2) {
        return variants.map((variant) => ({
          ...variant,
          assignments: [...variant.assignments, assignment],
        }));
      }
      return variants.flatMap((variant) =>
        values.map((value) => ({
          assignments: [...variant.assignments, `${path}=${value}`],
          values: new Map([...variant.values, [path, value]]),
        })),
      );
    },
    [{ assignments: [], values: new Map() }],
  );
}

/** The first assignment that has a list; undefined where none has. */
export function listedSetting(assignments: readonly string[]): string | undefined {
  return assignments.find((assignment) => valuesOf(assignment)[1].length > 1);
}

function valuesOf(assignment: string): readonly [path: string, values: readonly string[]] {
  const [, path = "", value = ""] = /^([^=]*)=(.*)$/s.exec(assignment) ?? [];
  return [path, splitValue(value, takesLists(path))];
}

/** @param listed whether the value of the setting is a list itself */
function splitValue(value: string, listed: boolean): readonly string[] {
  const unbracketed = listed ? value : value.replace(/^\[(.*)\]$/s, "$1");
  // As they were written: 1e-4 stays 1e-4.
  if (!/[[\]{}"]/.test(unbracketed)) {
    return listed ? [value] : unbracketed.split(",").map((part) => part.trim());
  }
  const values = parseJson(`[${unbracketed}]`);
  if (!Array.isArray(values)) return [value];
  const [only] = values;
  const several: readonly unknown[] =
    listed && values.length === 1 && Array.isArray(only) && only.every(Array.isArray)
      ? only
      : values;
  if (listed && !several.every(Array.isArray)) return [value];
  return several.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
}
