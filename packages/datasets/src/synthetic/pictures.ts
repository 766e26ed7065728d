/**
 * @file Draws and encodes a batch of pictures: what one worker thread does at a time.
 */
import sharp from "sharp";
import type { Expression } from "../expression.ts";
import type { Difficulty } from "./difficulty.ts";
import { toGrey } from "./draw/develop.ts";
import { render, renderWithoutFace } from "./draw/render.ts";
import { drawScene } from "./draw/scene.ts";

/**
 * One picture to be drawn. It depends on the seed, its name and what is shown, and on nothing else.
 */
export interface Picture {
  /** Names the random streams: "synthetic/raf-db/train/0". */
  readonly name: string;
  /** Nobody is in the picture where absent. */
  readonly expression?: Expression;
  /** Weakens the expression; 1 where absent. */
  readonly weight?: number;
  /** Where to write it (.jpg or .png); where absent, the pixels are handed back. */
  readonly path?: string;
  /** Where to write its expression energy (.png); where absent, none is measured. */
  readonly energyPath?: string;
  /** How many pixels of a photograph are to be around the face; none where absent. */
  readonly surroundings?: Surroundings;
}

export interface Surroundings {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Batch {
  readonly seed: number;
  /** Pixels on each side. */
  readonly size: number;
  readonly channels: 1 | 3;
  readonly classes: readonly Expression[];
  readonly difficulty: Difficulty;
  readonly pictures: readonly Picture[];
}

async function encode(
  pixels: Uint8Array,
  { size, channels, path }: { size: number; channels: 1 | 3; path: string },
  surroundings?: Surroundings,
) {
  const image = sharp(pixels, { raw: { width: size, height: size, channels } });
  if (channels === 1) image.toColourspace("b-w");
  if (surroundings) image.extend({ ...surroundings, extendWith: "mirror" });
  await (/\.jpg$/i.test(path) ? image.jpeg({ quality: 95 }) : image.png()).toFile(path);
}

/** Draws the batch; the pixels of the pictures that have no path of their own, in order. */
export async function drawPictures(batch: Batch): Promise<Uint8Array[]> {
  const { channels, classes, difficulty, seed, size } = batch;
  const encoded: Promise<void>[] = [];
  const kept: Uint8Array[] = [];
  for (const { name, expression, weight = 1, path, energyPath, surroundings } of batch.pictures) {
    const drawn = drawScene(seed, name, size, difficulty);
    const scene = { ...drawn, intensity: weight * drawn.intensity };
    const others = energyPath ? classes.filter((other) => other !== expression) : undefined;
    const { energy, pixels } = expression
      ? render(scene, expression, others)
      : renderWithoutFace(scene);
    const shown = channels === 1 ? toGrey(pixels) : pixels;
    if (path) encoded.push(encode(shown, { size, channels, path }, surroundings));
    else kept.push(shown);
    if (energy && energyPath) encoded.push(encode(energy, { size, channels: 1, path: energyPath }));
  }
  await Promise.all(encoded);
  return kept;
}
