/** @file Draws and encodes a batch of images. A worker thread does one batch at a time. */
import type { Expression } from "../expression.ts";
import type { Difficulty } from "./difficulty.ts";
import { loadSharp } from "../images/sharp.ts";
import { toGrey } from "./draw/develop.ts";
import { render, renderWithoutFace } from "./draw/render.ts";
import { drawScene } from "./draw/scene.ts";

/** One image to be drawn. It depends on the seed, its name and its expression, and on nothing else. */
export interface DrawRequest {
  /** Names the random streams: "synthetic/raf-db/train/0". */
  readonly name: string;
  /** Nobody is in the image if absent. */
  readonly expression?: Expression;
  /** Factor on the expression's intensity; 1 if absent. */
  readonly weight?: number;
  /** Where to write it (.jpg or .png). If absent, the pixels are returned. */
  readonly path?: string;
  /** Where to write its expression energy (.png). If absent, none is measured. */
  readonly energyPath?: string;
  /** How many pixels of a photograph to add around the face; none if absent. */
  readonly surroundings?: Surroundings;
}

export interface Surroundings {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface DrawBatch {
  readonly seed: number;
  /** Pixels on each side. */
  readonly size: number;
  readonly channels: 1 | 3;
  readonly classes: readonly Expression[];
  readonly difficulty: Difficulty;
  readonly requests: readonly DrawRequest[];
}

/** Draws the batch. Returns the pixels of the images without a path, in order. */
export default async function drawBatch(batch: DrawBatch): Promise<Uint8Array[]> {
  const { channels, classes, difficulty, seed, size } = batch;
  const encoded: Promise<void>[] = [];
  const kept: Uint8Array[] = [];
  for (const { name, expression, weight = 1, path, energyPath, surroundings } of batch.requests) {
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

async function encode(
  pixels: Uint8Array,
  { size, channels, path }: { size: number; channels: 1 | 3; path: string },
  surroundings?: Surroundings,
) {
  const sharp = await loadSharp();
  const image = sharp(pixels, { raw: { width: size, height: size, channels } });
  if (channels === 1) image.toColourspace("b-w");
  if (surroundings) image.extend({ ...surroundings, extendWith: "mirror" });
  await (/\.jpg$/i.test(path) ? image.jpeg({ quality: 95 }) : image.png()).toFile(path);
}
