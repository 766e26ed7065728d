/** @file The one look at a value of unknown origin that several files need. */

/** Whether this is an object with named values, neither null nor an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
