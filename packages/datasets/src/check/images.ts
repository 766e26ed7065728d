/**
 * @file Opening every image of a data set: which are missing, which can not be decoded, which are or look
 * the same.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import sharp from "sharp";
import { mapConcurrently } from "../concurrently.ts";
import {
  splitNames,
  type Dataset,
  type ImageSource,
  type Sample,
  type SplitName,
} from "../dataset.ts";
import { hashImage } from "../fingerprint.ts";
import { cropped } from "../images/decode-image.ts";
import { isMissing } from "../layout.ts";
import { type Look, lookAt } from "./look.ts";

const imagesAtOnce = 8;

interface PlacedSample {
  readonly split: SplitName;
  readonly sample: Sample;
}

/** What opening one image showed. */
export interface Inspection {
  readonly id: string;
  readonly split: SplitName;
  /** The file's name, or the id where there is no file. */
  readonly name: string;
  readonly defect?: { readonly kind: "missing" | "unreadable"; readonly reason: string };
  /** SHA-256 of the content; absent where there is none. */
  readonly hash?: string;
  /** What the picture looks like; absent where it can not be decoded. */
  readonly look?: Look;
}

/** Reads and decodes every image, a few at a time. */
export async function inspectImages({ splits }: Dataset): Promise<Inspection[]> {
  const all = splitNames.flatMap((split) => splits[split].map((sample) => ({ split, sample })));
  const inspections = await mapConcurrently(all, imagesAtOnce, inspect);
  for (const [i, { defect }] of inspections.entries()) {
    // libvips has one error text for all its threads, so only an image decoded alone gets its own.
    if (defect?.kind === "unreadable") inspections[i] = await inspect(all[i]!);
  }
  return inspections;
}

async function inspect({ split, sample }: PlacedSample): Promise<Inspection> {
  const { id, image } = sample;
  const about = { id, split, name: image.kind === "file" ? basename(image.path) : id };
  let bytes: Uint8Array;
  try {
    bytes = image.kind === "file" ? await readFile(image.path) : image.grey;
  } catch (error) {
    const kind = isMissing(error) ? "missing" : "unreadable";
    return { ...about, defect: { kind, reason: firstLine(error) } };
  }
  if (bytes.length === 0) return { ...about, defect: { kind: "unreadable", reason: "0 bytes" } };
  const hash = hashImage(image, bytes);
  try {
    return { ...about, hash, look: await lookOf(image, bytes) };
  } catch (error) {
    return { ...about, hash, defect: { kind: "unreadable", reason: firstLine(error) } };
  }
}

/** Decodes header and pixels; throws for a decoder's warning, too, as for a file that is cut short. */
async function lookOf(image: ImageSource, bytes: Uint8Array): Promise<Look> {
  if (image.kind === "pixels") {
    const { width, height } = image;
    if (bytes.length === width * height) {
      return lookAt(bytes, { width, height, channels: 1 });
    }
    throw new Error(`${bytes.length} pixels, not ${width * height}`);
  }
  const picture = sharp(bytes, { failOn: "warning", ignoreIcc: true }).autoOrient();
  const { data, info } = await (image.crop ? await cropped(picture, image.crop) : picture)
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return lookAt(data, info);
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n", 1)[0]!;
}
