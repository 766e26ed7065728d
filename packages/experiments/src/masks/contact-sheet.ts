/** @file A contact sheet: images of one size in rows and columns, as PNG. */

/** Pixels between images. */
const gap = 2;

/**
 * Rows of images, each [S, S, 3] bytes, with a gap between them, enlarged by a whole factor, without
 * smoothing so that patches stay visible.
 */
export async function contactSheet(
  rows: readonly (readonly Uint8Array[])[],
  size: number,
  factor = Math.max(1, Math.round(144 / size)),
): Promise<Uint8Array> {
  const columns = Math.max(...rows.map((row) => row.length));
  const [width, height] = [columns, rows.length].map((n) => n * (size + gap) + gap) as [
    number,
    number,
  ];
  const sheet = new Uint8Array(width * height * 3).fill(255);
  for (const [r, row] of rows.entries()) {
    for (const [c, image] of row.entries()) {
      for (let y = 0; y < size; y += 1) {
        const line = image.subarray(y * size * 3, (y + 1) * size * 3);
        const [top, left] = [gap + r * (size + gap) + y, gap + c * (size + gap)];
        sheet.set(line, (top * width + left) * 3);
      }
    }
  }
  const { default: sharp } = await import("sharp");
  return sharp(sheet, { raw: { width, height, channels: 3 } })
    .resize(width * factor, height * factor, { kernel: "nearest" })
    .png()
    .toBuffer();
}
