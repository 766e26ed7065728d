/** @file The faces of photographs, for `predict --faces`: each is cut out and aligned, then predicted as an image. */
import { reasonOf } from "@mvt/common";
import { decodeImageFile, mapAhead } from "@mvt/datasets";
import type { FaceFinder, FindOptions, FoundFaces, NumberedFace } from "@mvt/faces";
import type { NamedImage, ReadImage } from "./images.ts";

/** Told what was found in each photograph, before its faces are predicted. */
export interface FaceListeners {
  readonly onUnreadable: (path: string, reason: string) => void;
  readonly onFaces: (image: NamedImage, faces: FoundFaces["faces"]) => Promise<void>;
}

/**
 * The faces of the photographs, aligned, those of one photograph together. Photographs without a face, and those that cannot be
 * read, yield nothing. As many are looked at ahead as the finder has threads.
 */
export async function* readFaces(
  images: readonly NamedImage[],
  finder: FaceFinder,
  options: Required<FindOptions>,
  { onUnreadable, onFaces }: FaceListeners,
): AsyncGenerator<readonly ReadImage[]> {
  const { size } = options.crop;
  const look = async (image: NamedImage) => {
    const found = await finder.find(image.path, options).catch((error: unknown) => {
      return { reason: reasonOf(error).split("\n", 1)[0]! }; // libvips adds lines
    });
    return { image, found };
  };
  for await (const { image, found } of mapAhead(images, finder.threads, look)) {
    if ("reason" in found) {
      onUnreadable(image.path, found.reason);
      continue;
    }
    const { faces } = found;
    await onFaces(image, faces);
    if (faces.length === 0) continue;
    yield faces.map(({ aligned, ...face }, n): ReadImage => {
      const numbered: NumberedFace = { ...face, number: n + 1, of: faces.length };
      const decoded = { width: size, height: size, channels: 3, data: aligned! } as const;
      return { ...image, stem: `${image.stem}-face${n + 1}`, decoded, face: numbered };
    });
  }
}

/** Pixels along the longer side of a picture with boxes, at most. */
const longest = 1600;

/** PNG of the photograph with the boxes and points of its faces. */
export async function boxesOverlay(path: string, faces: FoundFaces["faces"]): Promise<Uint8Array> {
  const { data, width, height, channels } = await decodeImageFile(path);
  const scale = Math.min(1, longest / Math.max(width, height));
  const size = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  const stroke = Math.max(1, Math.round(Math.max(...size) / 300));
  const shapes = faces.flatMap(({ box, points }) => [
    `<rect x="${box.left * scale}" y="${box.top * scale}" width="${box.width * scale}" height="${box.height * scale}" fill="none" stroke="#ffe27a" stroke-width="${stroke}"/>`,
    ...points.map(
      ([x, y]) =>
        `<circle cx="${x * scale}" cy="${y * scale}" r="${1.5 * stroke}" fill="#ffe27a" stroke="#122047" stroke-width="${stroke / 2}"/>`,
    ),
  ]);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size[0]}" height="${size[1]}">${shapes.join("")}</svg>`;
  const { default: sharp } = await import("sharp");
  const shrunk = await sharp(data, { raw: { width, height, channels } })
    .resize(size[0], size[1], { fit: "fill" })
    .toColourspace("srgb")
    .png()
    .toBuffer();
  return sharp(shrunk)
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toBuffer();
}
