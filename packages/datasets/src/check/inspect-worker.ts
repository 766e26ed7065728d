/** @file Opens a few images of a check. One task of a worker thread. */
import { basename } from "node:path";
import { mapConcurrently } from "../concurrently.ts";
import type { ImageSource, SplitName } from "../dataset.ts";
import { isMissing } from "../files.ts";
import { hashImage } from "../images/hashes.ts";
import { decodeBytes, firstLine, readImageFile } from "../images/read-image.ts";
import { type PerceptualHash, perceptualHash } from "./perceptual-hash.ts";

/** An image and where it is from. Plain data, which a thread can be sent. */
export interface PlacedImage {
  readonly id: string;
  readonly split: SplitName;
  readonly image: ImageSource;
}

/** The result of opening one image. */
export interface Inspection {
  readonly id: string;
  readonly split: SplitName;
  /** The file's name, or the id if there is no file. */
  readonly name: string;
  readonly defect?: { readonly kind: "missing" | "unreadable"; readonly reason: string };
  /** SHA-256 of the content; absent if there is none. */
  readonly hash?: string;
  /** Absent if the image cannot be decoded. */
  readonly perceptual?: PerceptualHash;
  /** What the decoder found amiss in an image that was decoded all the same. */
  readonly complaint?: string;
}

/** How many images of a task are opened at once: one is hashed here while libvips decodes another. */
const atOnce = 2;

/** Opens every image. Of several that are opened at once, one may get the decoder's error about another. */
export default function inspectImages(images: readonly PlacedImage[]): Promise<Inspection[]> {
  return mapConcurrently(images, atOnce, inspect);
}

async function inspect({ id, split, image }: PlacedImage): Promise<Inspection> {
  const about = { id, split, name: image.kind === "file" ? basename(image.path) : id };
  let bytes: Uint8Array;
  try {
    bytes = image.kind === "file" ? await readImageFile(image.path) : image.grey;
  } catch (error) {
    const kind = isMissing(error) ? "missing" : "unreadable";
    return { ...about, defect: { kind, reason: firstLine(error) } };
  }
  if (bytes.length === 0) return { ...about, defect: { kind: "unreadable", reason: "0 bytes" } };
  const hash = hashImage(image, bytes).toString("hex");
  try {
    return { ...about, hash, ...(await inspectPixels(image, bytes)) };
  } catch (error) {
    return { ...about, hash, defect: { kind: "unreadable", reason: firstLine(error) } };
  }
}

/** Decodes the image. Throws as decoding for training does, for example for a file that is cut short. */
async function inspectPixels(
  image: ImageSource,
  bytes: Uint8Array,
): Promise<Pick<Inspection, "perceptual" | "complaint">> {
  if (image.kind === "pixels") {
    const { width, height } = image;
    if (bytes.length === width * height) {
      return { perceptual: perceptualHash(bytes, { width, height, channels: 1 }) };
    }
    throw new Error(`${bytes.length} pixels, not ${width * height}`);
  }
  return decodeBytes(bytes, { crop: image.crop, flatten: false }, (pixels) => {
    const { data, complaint, ...size } = pixels;
    return { perceptual: perceptualHash(data, size), ...(complaint && { complaint }) };
  });
}
