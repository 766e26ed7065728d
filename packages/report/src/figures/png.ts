/** @file A figure as PNG, for programs that do not show SVG. */
import { fileURLToPath } from "node:url";

/**
 * The bytes of a PNG, `width` pixels wide or as wide as the SVG says, its height in proportion.
 *
 * Text is drawn in the font that comes with this package, so that a machine needs no fonts of its own and all
 * machines draw the same pixels. Characters that the font lacks come from the machine's fonts.
 */
export async function svgToPng(
  svg: string,
  { width }: { readonly width?: number } = {},
): Promise<Uint8Array> {
  if (width !== undefined && !(Number.isInteger(width) && width > 0)) {
    throw new RangeError(`svgToPng: expected a width in whole pixels, got ${width}`);
  }
  const { default: sharp } = await import("sharp"); // loaded when it is needed: help has no figures
  await (fontsLoaded ??= loadFonts(sharp));
  const input = Buffer.from(svg);
  const { width: natural } = await sharp(input).metadata();
  const density = (72 * (width ?? natural)) / natural; // 72 draws one pixel for every unit of the SVG
  return sharp(input, { density })
    .resize({ width: width ?? natural })
    .png()
    .toBuffer();
}

let fontsLoaded: Promise<unknown> | undefined;

/** libvips draws SVG with the fonts of its process. Drawing a text with a font file adds that font to them. */
function loadFonts(sharp: typeof import("sharp").default): Promise<unknown> {
  const files = ["400Regular/OpenSans_400Regular.ttf", "700Bold/OpenSans_700Bold.ttf"];
  return Promise.all(
    files.map((file) => {
      const fontfile = fileURLToPath(import.meta.resolve(`@expo-google-fonts/open-sans/${file}`));
      return sharp({ text: { text: "a", font: "Open Sans", fontfile } }).toBuffer();
    }),
  );
}
