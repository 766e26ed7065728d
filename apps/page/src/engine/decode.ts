/**
 * @file Decodes one image file with the browser's own decoders, as `pnpm exp predict` reads it: upright by its EXIF
 * orientation, colour profiles ignored, transparency flattened onto black.
 *
 * Lossless files give the same pixels. Decoders of JPEG, WebP and AVIF may differ by a few levels.
 */
import { UserError } from "@mvt/common";
import type { DecodedImage } from "@mvt/core/portable";

/** Throws a UserError if the file is not an image, or the browser does not return the true pixels. */
export async function decodeImage(file: File): Promise<DecodedImage> {
  requireTruePixels();
  const bitmap = await createImageBitmap(file, {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
    imageOrientation: "from-image",
  }).catch(() => {
    const got = file.size === 0 ? "an empty file" : `${file.size} bytes of something else`;
    throw new UserError(
      `${file.name}: expected an image that this browser can read, such as PNG, JPEG or WebP, got ${got}`,
      { advice: "Choose another file, or save the image as PNG." },
    );
  });
  const { width, height } = bitmap;
  const context = opaqueCanvas(width, height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, channels: 4, data: bytesOf(context, width, height) };
}

/** Black where nothing is drawn. */
function opaqueCanvas(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const options = { alpha: false, willReadFrequently: true };
  const context = new OffscreenCanvas(width, height).getContext("2d", options);
  if (context === null) throw new Error(`no canvas of ${width} x ${height} pixels`);
  return context;
}

function bytesOf(context: OffscreenCanvasRenderingContext2D, width: number, height: number) {
  return new Uint8Array(context.getImageData(0, 0, width, height).data.buffer);
}

/** Some browsers change the pixels that a canvas returns, so that it cannot be used to recognise the visitor. */
function requireTruePixels(): void {
  const size = 16;
  const context = opaqueCanvas(size, size);
  const written = context.createImageData(size, size);
  for (let i = 0; i < written.data.length; i += 1) written.data[i] = i % 4 === 3 ? 255 : i % 251;
  context.putImageData(written, 0, 0);
  const read = bytesOf(context, size, size);
  if (read.every((value, i) => value === written.data[i])) return;
  throw new UserError(
    "Expected a browser that returns the pixels of an image unchanged, got one that changes them as a protection against fingerprinting",
    { advice: "Allow this page to read canvases, or use another browser." },
  );
}
