/** @file What the default export of a threshold's file must be. */
import { isRecord } from "@mvt/common";
import type { PluginKind } from "@mvt/common/plugins";

export const thresholdPlugin: PluginKind = {
  option: "--threshold",
  expected: "a threshold, { name, about, parameters, f }",
  define: "defineThreshold",
  library: "@mvt/relabel",
  whatIsWrong,
};

/** Why this is not a definition, as a clause; undefined when it is one. */
function whatIsWrong(value: unknown): string | undefined {
  if (!isRecord(value)) {
    return `it is ${Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`}`;
  }
  const { name, about, parameters, context, f } = value;
  if (typeof name !== "string" || name === "") return `its name is ${show(name)}, not a text`;
  if (typeof about !== "string") return `its about is ${show(about)}, not a text`;
  if (typeof f !== "function") return `its f is ${show(f)}, not a function`;
  if (context !== undefined && context !== true) {
    return `its context is ${show(context)}, not true (leave it out for a function of P_gt alone)`;
  }
  if (!isRecord(parameters)) {
    return `its parameters are ${show(parameters)}, not an object ({} for none)`;
  }
  const wrong = Object.entries(parameters).find(([, parameter]) => !isParameter(parameter));
  return wrong === undefined
    ? undefined
    : `its parameter ${wrong[0]} is ${show(wrong[1])}, not { default: a number, about: a text }`;
}

function isParameter(value: unknown): boolean {
  return (
    isRecord(value) && typeof value["default"] === "number" && typeof value["about"] === "string"
  );
}

function show(value: unknown): string {
  return value === undefined ? "missing" : (JSON.stringify(value) ?? `a ${typeof value}`);
}
