/** @file What network a file of weights belongs to, as far as its names and shapes tell. */
import { variants } from "../../deit/vit.ts";
import type { WeightsFile } from "../stored.ts";

/** What is known of the network; a field is absent where the file does not tell. */
export interface VitDescription {
  /** "S/16" */
  readonly variant?: string;
  /** D */
  readonly width: number;
  readonly depth: number;
  readonly patchSize: number;
  /** K of the head. */
  readonly classes?: number;
  readonly distilled: boolean;
}

/** The network of a file with timm's or Hugging Face's names; undefined where it is none. */
export function describeVit({ arrays }: WeightsFile): VitDescription | undefined {
  const names = [...arrays.keys()];
  const shapeOf = (ending: RegExp) =>
    arrays.get(names.find((name) => ending.test(name)) ?? "")?.shape;
  const [width, , patchSize] =
    shapeOf(/(patch_embed\.proj|patch_embeddings\.projection)\.weight$/) ?? [];
  const blocks = names.flatMap(
    (name) => /(?:^|\.)(?:blocks|layers?)\.(\d+)\./.exec(name)?.[1] ?? [],
  );
  const depth = new Set(blocks).size;
  if (width === undefined || patchSize === undefined || depth === 0) return undefined;
  const [classes] = shapeOf(/(^|\.)(head|classifier|cls_classifier)\.weight$/) ?? [];
  const variant = Object.entries(variants).find(
    ([, known]) => known.width === width && known.depth === depth && known.patchSize === patchSize,
  );
  return {
    width,
    depth,
    patchSize,
    distilled: names.some((name) => /dist(illation)?_token$/.test(name)),
    ...(variant ? { variant: variant[0] } : {}),
    ...(classes === undefined ? {} : { classes }),
  };
}
