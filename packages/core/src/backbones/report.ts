/** @file What became of every name of a file and every parameter of a network, as plain data. */
import type { WeightsFormat } from "../weights/stored.ts";
import type { VitMatch } from "../weights/vit/match.ts";
import type { NameScheme } from "../weights/vit/names.ts";
import { describeNetwork } from "./backbones.ts";
import type { NetworkDescription } from "./backbones.ts";

export interface VitReport {
  readonly format: WeightsFormat;
  readonly names: NameScheme;
  readonly network?: NetworkDescription | undefined;
  /** Each parameter, and the names in the file that it came from. */
  readonly loaded: readonly { readonly parameter: string; readonly from: readonly string[] }[];
  /** Names of the file that were not needed, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** Parameters of a new head, which start from the seed. */
  readonly startsAnew: readonly string[];
  /** Sides of the grids of patches, where position embeddings had to be resampled. */
  readonly resampled?: { readonly from: number; readonly to: number } | undefined;
  /** What else is in the file. */
  readonly otherEntries: readonly string[];
}

/** The report of a match that can be loaded. */
export function reportOf({ file, names, matched, skipped, startsAnew }: VitMatch): VitReport {
  const positions = matched.flatMap((match) => match.positions ?? [])[0];
  return {
    format: file.format,
    names,
    network: describeNetwork(file),
    loaded: matched.map(({ parameter, from }) => ({ parameter, from })),
    skipped,
    startsAnew,
    resampled:
      positions && positions.from !== positions.to
        ? { from: positions.from, to: positions.to }
        : undefined,
    otherEntries: file.otherEntries,
  };
}
