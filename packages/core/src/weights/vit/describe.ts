/** @file What network a file of weights belongs to, as far as its names and shapes tell. */
import type { Pooling } from "../../deit/config.ts";
import type { WeightsFile } from "../stored.ts";
import { prefixesOf } from "./names.ts";

/** What is known of a vision transformer from its file. */
export interface VitDescription {
  /** "S/16"; absent where no published network has these sizes. */
  readonly variant?: string;
  /** D */
  readonly width: number;
  readonly depth: number;
  /** P */
  readonly patchSize: number;
  /** K of the head; absent without a head. */
  readonly classes?: number;
  /** Whether it has a distillation token. */
  readonly distilled: boolean;
  /** R */
  readonly registers: number;
  /** Whether its blocks have LayerScale. */
  readonly layerScale: boolean;
  /** Whether its class token has a position embedding; absent where its position embeddings do not tell. */
  readonly classPosition?: boolean;
  /** "average" where it was trained with average pooling; absent where it was not, or no head tells. */
  readonly pooling?: Exclude<Pooling, "class">;
}

/**
 * The network of a file with the names of timm, DeiT III, DINOv2 or Hugging Face, without the name of a variant;
 * undefined where it is none, or
 * where the file holds several.
 */
export function describeVit({ arrays }: WeightsFile): VitDescription | undefined {
  const [prefix, ...others] = prefixesOf([...arrays.keys()]) as readonly [string, ...string[]];
  if (others.length > 0) return undefined;
  const names = [...arrays.keys()].filter((name) => name.startsWith(prefix));
  const shapeOf = (ending: RegExp) =>
    arrays.get(names.find((name) => ending.test(name)) ?? "")?.shape;
  const [width, , patchSize] =
    shapeOf(/(patch_embed\.proj|patch_embeddings\.projection)\.weight$/) ?? [];
  const blocks = names.flatMap(
    (name) => /(?:^|\.)(?:blocks|layers?)\.(?:\d+\.)?(\d+)\./.exec(name)?.[1] ?? [],
  );
  const depth = new Set(blocks).size;
  if (width === undefined || patchSize === undefined || depth === 0) return undefined;
  const [classes] = shapeOf(/(^|\.)(head|classifier|cls_classifier)\.weight$/) ?? [];
  const [, registers = 0] = shapeOf(/(^|\.)(reg_token|register_tokens)$/) ?? [];
  const [, positions = 0] = shapeOf(/(^|\.)(pos_embed|position_embeddings)$/) ?? [];
  const has = (ending: RegExp) => names.some((name) => ending.test(name));
  const isGrid = (rows: number) => rows > 0 && Number.isInteger(Math.sqrt(rows));
  const averages = has(/(^|\.)fc_norm\.weight$/) && !has(/(^|\.)norm\.weight$/);
  return {
    width,
    depth,
    patchSize,
    classes,
    distilled: has(/dist(illation)?_token$/),
    registers,
    layerScale: has(/\.(ls1\.gamma|gamma_1|layer_scale1\.lambda1)$/),
    classPosition: isGrid(positions - 1) ? true : isGrid(positions) ? false : undefined,
    pooling: averages ? "average" : undefined,
  };
}
