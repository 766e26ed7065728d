/** @file What became of every name of a file and every parameter of a network, as plain data. */
import type { WeightsFormat } from "../stored.ts";
import { describeVit } from "./describe.ts";
import type { VitDescription } from "./describe.ts";
import type { VitMatch } from "./match.ts";
import type { NameScheme } from "./names.ts";

export interface VitReport {
  readonly format: WeightsFormat;
  readonly names: NameScheme;
  readonly network?: VitDescription;
  /** Each parameter, and the names in the file that it came from. */
  readonly loaded: readonly { readonly parameter: string; readonly from: readonly string[] }[];
  /** Names of the file that were not needed, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** Parameters of a head that was not asked for. */
  readonly startsAnew: readonly string[];
  /** Sides of the grids of patches, where position embeddings had to be resampled. */
  readonly resampled?: { readonly from: number; readonly to: number };
  /** What else lies in the file. */
  readonly beside: readonly string[];
}

/** The report of a match that can be loaded. */
export function reportOf({ file, names, matched, skipped, startsAnew }: VitMatch): VitReport {
  const network = describeVit(file);
  const positions = matched.flatMap((match) => match.positions ?? [])[0];
  return {
    format: file.format,
    names,
    ...(network ? { network } : {}),
    loaded: matched.map(({ parameter, from }) => ({ parameter, from })),
    skipped,
    startsAnew,
    ...(positions && positions.from !== positions.to
      ? { resampled: { from: positions.from, to: positions.to } }
      : {}),
    beside: file.beside,
  };
}
