/** @file Which array of a file becomes which parameter of a vision transformer, and what is left over. */
import { declareVit } from "../../deit/vit.ts";
import type { VitConfig } from "../../deit/vit.ts";
import { declareParameters } from "../../nn/parameters.ts";
import { sameShape } from "../../tensor.ts";
import type { Shape } from "../../tensor.ts";
import { isFloat } from "../element.ts";
import type { WeightsFile } from "../stored.ts";
import { assignNames, isHead } from "./assign.ts";
import type { Assignment, Source, Unfit } from "./assign.ts";

/** A network; its head is asked for where `classes` is given. */
export type VitShape = Omit<VitConfig, "classes"> & { readonly classes?: number | undefined };

/** A parameter and what it is loaded from. */
export interface Match extends Source {
  readonly parameter: string;
  /** Of position embeddings. */
  readonly positions?: Positions;
}

export interface Positions {
  /** Rows in the file before those of the patches: class token, distillation token. */
  readonly prefix: number;
  /** Patches along a side, in the file and in the network. */
  readonly from: number;
  readonly to: number;
}

/** All names of the file and all parameters of the network: each is in exactly one of these lists. */
export interface VitMatch extends Pick<Assignment, "names" | "skipped" | "unknown" | "unfit"> {
  readonly file: WeightsFile;
  readonly matched: readonly Match[];
  /** Parameters that the file has no array for. */
  readonly missing: readonly string[];
  /** Parameters of a head that was not asked for. */
  readonly startsAnew: readonly string[];
}

/** Matches by name and shape. Nothing is loaded, nothing refused: `loadVit` does both. */
export function matchVit(file: WeightsFile, { classes, ...model }: VitShape): VitMatch {
  const { parameters } = declareParameters((scope) =>
    declareVit(scope, { ...model, classes: classes ?? 1 }),
  );
  const shapes = new Map(parameters.map(({ name, tensor }) => [name, tensor.shape]));
  const withHead = classes !== undefined;
  const { sources, ...assignment } = assignNames(file, shapes, { withHead });
  const isDistilled = assignment.skipped.some(({ name }) => /dist(illation)?_token$/.test(name));

  const matched: Match[] = [];
  const missing: string[] = [];
  const unfit: Unfit[] = [...assignment.unfit];
  for (const [parameter, expected] of shapes) {
    const source = sources.get(parameter);
    if (!withHead && isHead(parameter)) continue;
    if (source === undefined) {
      missing.push(parameter);
      continue;
    }
    const { from, array } = source;
    const positions =
      parameter === "pos_embed" ? positionsOf(array.shape, expected, isDistilled) : undefined;
    const fits = positions !== undefined || sameShape(array.shape, expected);
    if (!fits || !isFloat(array.type)) unfit.push({ parameter, expected, from, got: array });
    else matched.push({ parameter, from, array, ...(positions ? { positions } : {}) });
  }
  const startsAnew = withHead ? [] : [...shapes.keys()].filter(isHead);
  return { ...assignment, file, matched, missing, startsAnew, unfit };
}

/** Patches along a side: 4,096 pixels in patches of 16. */
const maximumGrid = 256;

/** The grids of two position embeddings [1, prefix + g², D]; undefined unless both have one, and the same D. */
function positionsOf(
  [one, rows, D, ...more]: Shape,
  [, ourRows, ourD]: Shape,
  isDistilled: boolean,
): Positions | undefined {
  const prefix = isDistilled ? 2 : 1;
  const from = Math.sqrt(rows! - prefix);
  const isGrid =
    one === 1 &&
    more.length === 0 &&
    D === ourD &&
    Number.isInteger(from) &&
    from > 0 &&
    from <= maximumGrid;
  return isGrid ? { prefix, from, to: Math.sqrt(ourRows! - 1) } : undefined;
}
