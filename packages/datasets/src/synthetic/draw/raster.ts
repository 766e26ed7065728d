/** @file A small anti-aliased rasteriser. Shapes are signed distances, and frames say where they are. */

/** Red, green and blue, each 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A square image before lighting: [size * size * 3], row by row, 0 to 1. */
export interface Canvas {
  readonly size: number;
  readonly pixels: Float32Array;
}

/** Where a shape's own coordinates (u to the right, v down) are in the image. */
export interface Frame {
  /** The origin, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Pixels per unit. */
  readonly scale: number;
  /** In-plane rotation in radians, clockwise. */
  readonly angle: number;
  /** Turn in radians about the vertical axis: the plane is wrapped around a cylinder of radius 1. */
  readonly yaw: number;
}

export interface Shape {
  /** Encloses the shape in its own coordinates: left, top, right, bottom. */
  readonly box: readonly [number, number, number, number];
  /** Approximate distance to the outline in units; negative inside. */
  distance(u: number, v: number): number;
}

/** A shape and its colour. */
export interface Layer {
  readonly shape: Shape;
  readonly colour: Colour;
  /** 0 to 1; 1 if absent. */
  readonly opacity?: number;
}

/** Whole pixels: first column and row, and those after the last. */
export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function createCanvas(size: number): Canvas {
  return { size, pixels: new Float32Array(size * size * 3) };
}

/**
 * Where a point on the cylinder appears after the turn: sin(asin(u) + yaw). For points that may turn out of
 * sight, and for points outside the cylinder, a generous bound.
 */
function turned(u: number, yaw: number): number {
  const cos = Math.cos(yaw);
  if (Math.abs(u) > cos) return (Math.sign(u) * Math.max(1, Math.abs(u))) / cos;
  return u * cos + Math.sqrt(1 - u * u) * Math.sin(yaw);
}

/** Where a point of a frame's own coordinates lies in the image, if the turn leaves it in sight. */
export function placeOf(frame: Frame, u: number, v: number): readonly [x: number, y: number] {
  const [cos, sin] = [Math.cos(frame.angle) * frame.scale, Math.sin(frame.angle) * frame.scale];
  const seen = turned(u, frame.yaw);
  return [frame.x + cos * seen - sin * v, frame.y + sin * seen + cos * v];
}

/** The pixels that a box of a frame may touch, inside an image of `size` pixels square. */
export function pixelBounds(frame: Frame, box: Shape["box"], size: number): Bounds {
  const cos = Math.cos(frame.angle) * frame.scale;
  const sin = Math.sin(frame.angle) * frame.scale;
  const xs: number[] = [];
  const ys: number[] = [];
  for (const u of [turned(box[0], frame.yaw), turned(box[2], frame.yaw)]) {
    for (const v of [box[1], box[3]]) {
      xs.push(frame.x + cos * u - sin * v);
      ys.push(frame.y + sin * u + cos * v);
    }
  }
  const inside = (value: number) => Math.min(size, Math.max(0, value));
  return {
    left: inside(Math.floor(Math.min(...xs) - 1)),
    top: inside(Math.floor(Math.min(...ys) - 1)),
    right: inside(Math.ceil(Math.max(...xs) + 1)),
    bottom: inside(Math.ceil(Math.max(...ys) + 1)),
  };
}

/** Calls `visit` for every pixel that the shape covers, with its index (y * size + x) and the covered share. */
export function scan(
  size: number,
  frame: Frame,
  shape: Shape,
  visit: (pixel: number, cover: number) => void,
): void {
  const { left, top, right, bottom } = pixelBounds(frame, shape.box, size);
  const cos = Math.cos(frame.angle) / frame.scale;
  const sin = Math.sin(frame.angle) / frame.scale;
  const cosYaw = Math.cos(frame.yaw);
  const sinYaw = Math.sin(frame.yaw);
  for (let y = top; y < bottom; y += 1) {
    const dy = y + 0.5 - frame.y;
    for (let x = left; x < right; x += 1) {
      const dx = x + 0.5 - frame.x;
      const seen = cos * dx + sin * dy;
      // sin(asin(seen) - yaw): back from the image to the cylinder.
      const u = cosYaw * seen - sinYaw * Math.sqrt(Math.max(0, 1 - seen * seen));
      const v = cos * dy - sin * dx;
      const cover = 0.5 - shape.distance(u, v) * frame.scale;
      if (cover > 0) visit(y * size + x, cover < 1 ? cover : 1);
    }
  }
}

/** Paints the layers in order, the last on top. */
export function paint(canvas: Canvas, frame: Frame, layers: readonly Layer[]): void {
  const { pixels, size } = canvas;
  for (const { shape, colour, opacity = 1 } of layers) {
    if (opacity <= 0) continue;
    const [red, green, blue] = colour;
    scan(size, frame, shape, (pixel, cover) => {
      const share = cover * opacity;
      const at = pixel * 3;
      pixels[at] = pixels[at]! + (red - pixels[at]!) * share;
      pixels[at + 1] = pixels[at + 1]! + (green - pixels[at + 1]!) * share;
      pixels[at + 2] = pixels[at + 2]! + (blue - pixels[at + 2]!) * share;
    });
  }
}
