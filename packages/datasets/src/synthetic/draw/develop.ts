/** @file Turns painted colours into pixels: lighting, gamma, grey images and pixel noise. */
import type { Bounds, Canvas } from "./raster.ts";
import type { Scene } from "./scene.ts";

const levels = 1024; // of the gamma table, over 0 … 1

/** Lights a canvas within the bounds, into `out` if given: [size * size * 3], 0 to 1. */
export type Developer = (canvas: Canvas, bounds: Bounds, out?: Float32Array) => Float32Array;

/**
 * brightness = (colour * (1 + slope · p)) ^ gamma, where p is the position, 0 in the middle and -1 or 1 at the
 * edges. In a grey scene only the luminance remains.
 */
export function developer({ grey, light, size }: Scene): Developer {
  const table = Float32Array.from({ length: levels + 1 }, (_, i) => (i / levels) ** light.gamma);
  return (canvas, bounds, out = new Float32Array(size * size * 3)) => {
    for (let y = bounds.top; y < bounds.bottom; y += 1) {
      const dy = (2 * (y + 0.5)) / size - 1;
      for (let x = bounds.left; x < bounds.right; x += 1) {
        const dx = (2 * (x + 0.5)) / size - 1;
        const gain = (1 + light.slopeX * dx + light.slopeY * dy) * levels;
        const at = (y * size + x) * 3;
        for (let i = at; i < at + 3; i += 1) {
          const level = canvas.pixels[i]! * gain + 0.5;
          out[i] = table[level < 0 ? 0 : level > levels ? levels : Math.trunc(level)]!;
        }
        if (grey) {
          const value = luminance(out[at]!, out[at + 1]!, out[at + 2]!);
          out.fill(value, at, at + 3);
        }
      }
    }
    return out;
  };
}

/** The lit canvas with the scene's pixel noise, equal in all channels: [size * size * 3]. */
export function photograph(scene: Scene, canvas: Canvas): Uint8Array {
  const { noise, noiseStream, size } = scene;
  const developed = developer(scene)(canvas, { left: 0, top: 0, right: size, bottom: size });
  const pixels = new Uint8Array(size * size * 3);
  for (let at = 0; at < pixels.length; at += 3) {
    const speck = noise * noiseStream.normal();
    for (let i = at; i < at + 3; i += 1) {
      const level = Math.round(255 * (developed[i]! + speck));
      pixels[i] = level < 0 ? 0 : level > 255 ? 255 : level;
    }
  }
  return pixels;
}

/** ITU-R BT.601. */
function luminance(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** The luminance of interleaved RGB. */
export function toGrey(rgb: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: rgb.length / 3 }, (_, i) =>
    Math.round(luminance(rgb[3 * i]!, rgb[3 * i + 1]!, rgb[3 * i + 2]!)),
  );
}
