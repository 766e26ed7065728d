/**
 * @file A relabelling threshold function f as reports name it.
 */

export interface ThresholdLabel {
  /** "constant", "linear", "quadratic", "sigmoid", or the name a plugin gives itself. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  readonly plugin: boolean;
}

/** As on the command line: "k=10,x0=0.5". */
export function parameterList({ parameters }: ThresholdLabel, separator: string): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(separator);
}

/** "sigmoid, k=10, x0=0.5". */
export function thresholdWords(f: ThresholdLabel): string {
  return [f.name, f.plugin ? "plugin" : "", parameterList(f, ", ")]
    .filter((part) => part !== "")
    .join(", ");
}
