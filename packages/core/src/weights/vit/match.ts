/** @file Which array of a file becomes which parameter of a vision transformer, and what is left over. */
import type { VitConfig } from "../../deit/config.ts";
import { declareVit } from "../../deit/vit.ts";
import { declareParameters } from "../../nn/parameters.ts";
import { sameShape } from "../../tensor.ts";
import type { Shape } from "../../tensor.ts";
import { isFloatElement } from "../element.ts";
import type { WeightsFile } from "../stored.ts";
import { assignNames, isHead, mayStartAnew } from "./assign.ts";
import type { Assignment, Source, Unfit } from "./assign.ts";
import { plusFirstPosition } from "./positions.ts";
import type { Positions, Resampling } from "./positions.ts";

/** The sizes of a network. Its head is matched only if `classes` is given. */
export type VitShape = Omit<VitConfig, "classes"> & { readonly classes?: number | undefined };

/** A parameter and what it is loaded from. */
export interface Match extends Source {
  readonly parameter: string;
  /** Of position embeddings: what they become. */
  readonly positions?: Positions;
}

/** All names of the file and all parameters of the network: each is in exactly one of these lists. */
export interface VitMatch extends Pick<
  Assignment,
  "prefixes" | "names" | "skipped" | "unknown" | "unfit"
> {
  readonly file: WeightsFile;
  readonly matched: readonly Match[];
  /** Parameters that the file has no array for. */
  readonly missing: readonly string[];
  /** Parameters that start from the seed: those of a new head, and the norm of average pooling where the file has none. */
  readonly startsAnew: readonly string[];
}

/** Matches by name and shape. Nothing is loaded, nothing refused: `loadVit` does both. */
export function matchVit(
  file: WeightsFile,
  { classes, ...model }: VitShape,
  resampling?: Resampling,
): VitMatch {
  const { parameters } = declareParameters((scope) =>
    declareVit(scope, { ...model, classes: classes ?? 1 }),
  );
  const shapes = new Map(parameters.map(({ name, tensor }) => [name, tensor.shape]));
  const withHead = classes !== undefined;
  const { sources, ...assignment } = assignNames(file, shapes, { withHead });
  const isDistilled = assignment.skipped.some(({ name }) => /dist(illation)?_token$/.test(name));
  const stored = sources.get("pos_embed");
  const kept = (model.classPosition ?? true) ? 1 : 0;
  const positions =
    stored &&
    positionsOf(stored.array.shape, shapes.get("pos_embed")!, { kept, isDistilled, resampling });

  const matched: Match[] = [];
  const missing: string[] = [];
  const unfit: Unfit[] = [...assignment.unfit];
  const startsAnew: string[] = [];
  for (const [parameter, expected] of shapes) {
    const source = sources.get(parameter);
    if (!withHead && (isHead(parameter) || (mayStartAnew(parameter) && source === undefined))) {
      startsAnew.push(parameter);
      continue;
    }
    if (source === undefined) {
      missing.push(parameter);
      continue;
    }
    const { from, array } = source;
    const isPositions = parameter === "pos_embed" && positions !== undefined;
    const fits = isPositions || sameShape(array.shape, expected);
    if (!fits || !isFloatElement(array.type)) unfit.push({ parameter, expected, from, got: array });
    else if (isPositions) matched.push({ parameter, from, array, positions });
    // A class token without position in the network gets its position from the file added when it is loaded.
    else if (parameter === "cls_token" && positions && positions.prefix > 0 && kept === 0) {
      const joined = plusFirstPosition(array, stored.array);
      matched.push({ parameter, from: [...from, ...stored.from], array: joined });
    } else matched.push({ parameter, from, array });
  }
  return { ...assignment, file, matched, missing, startsAnew, unfit };
}

/** Patches along a side: 4,096 pixels in patches of 16. */
const maximumGrid = 256;

/**
 * How position embeddings [1, prefix + g², D] of a file become those of the network; undefined unless they have
 * a square grid, and the same D.
 */
function positionsOf(
  [one, rows, D, ...more]: Shape,
  [, ourRows, ourD]: Shape,
  {
    kept,
    isDistilled,
    resampling,
  }: {
    readonly kept: 0 | 1;
    readonly isDistilled: boolean;
    readonly resampling: Resampling | undefined;
  },
): Positions | undefined {
  if (one !== 1 || more.length > 0 || D !== ourD) return undefined;
  const side = (prefix: number) => Math.sqrt(rows! - prefix);
  const isGrid = (from: number) => Number.isInteger(from) && from > 0 && from <= maximumGrid;
  const prefixes = isDistilled ? [2] : kept === 1 ? [1] : [0, 1];
  const prefix = prefixes.find((count) => isGrid(side(count)));
  if (prefix === undefined) return undefined;
  return { prefix, kept, from: side(prefix), to: Math.sqrt(ourRows! - kept), resampling };
}
