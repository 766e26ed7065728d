/** @file Faces in a photograph: their boxes, scores and five points. */
import type { DecodedImage } from "@mvt/core/portable";
import { fivePoints } from "../geometry/points.ts";
import type { FivePoints } from "../geometry/points.ts";
import { inverse, transform } from "../geometry/similarity.ts";
import type { Point, Similarity } from "../geometry/similarity.ts";
import { shrink, warp } from "../geometry/warp.ts";
import type { FaceApi, Tensor } from "./face-api.ts";

/** A rectangle in pixels of the photograph. It may reach beyond the photograph's edge. */
export interface FaceBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Face {
  readonly box: FaceBox;
  /** The detector's score, 0 to 1. */
  readonly score: number;
  readonly points: FivePoints;
}

/** The score from which on something counts as a face. */
export const defaultMinScore = 0.5;

/** Faces that are looked for in one photograph, at most, so that its time is bounded. */
export const mostFaces = 100;

/** The longer side of what the detector gets. The network itself sees 512 x 512. */
const longest = 1024;

/** The side of what the network of the landmarks sees. */
const landmarkSize = 112;

/**
 * Finds the faces of an upright image, the largest first. The detector sees a copy of at most 1024 pixels along the longer
 * side, the network of the landmarks a crop of the image itself for each face. (A second pass over a crop with level eyes was
 * tried: on drawn faces turned by up to 40 degrees the points were no better.)
 */
export async function findFaces(
  api: FaceApi,
  image: DecodedImage,
  minScore: number = defaultMinScore,
): Promise<readonly Face[]> {
  const faces: Face[] = [];
  for (const { box, score } of await detect(api, image, minScore)) {
    faces.push({ box, score, points: await locatePoints(api, image, box) });
  }
  return faces.toSorted((a, b) => areaOf(b.box) - areaOf(a.box));
}

const areaOf = ({ width, height }: FaceBox) => width * height;

async function detect(
  api: FaceApi,
  image: DecodedImage,
  minScore: number,
): Promise<readonly Pick<Face, "box" | "score">[]> {
  const { image: small, factor } = shrink(image, longest);
  const options = new api.SsdMobilenetv1Options({
    minConfidence: minScore,
    maxResults: mostFaces,
  });
  const { width, height } = small;
  return withTensor(api, toRgb(small), width, height, async (tensor) => {
    const found = await api.nets.ssdMobilenetv1.locateFaces(tensor, options);
    return found.map(({ score, box }) => ({
      score,
      box: {
        left: box.x * factor,
        top: box.y * factor,
        width: box.width * factor,
        height: box.height * factor,
      },
    }));
  });
}

/** The landmarks in a square crop around the box, which is upright as the photograph is. */
async function locatePoints(api: FaceApi, image: DecodedImage, box: FaceBox): Promise<FivePoints> {
  const { left, top, width, height } = box;
  const a = landmarkSize / Math.max(width, height);
  const crop: Similarity = {
    a,
    b: 0,
    tx: landmarkSize / 2 - a * (left + width / 2),
    ty: landmarkSize / 2 - a * (top + height / 2),
  };
  const back = inverse(crop);
  const pixels = warp(image, crop, landmarkSize);
  return withTensor(api, pixels, landmarkSize, landmarkSize, async (tensor) => {
    const { relativePositions } = await api.nets.faceLandmark68Net.detectLandmarks(tensor);
    const landmarks = relativePositions.map(({ x, y }): Point =>
      transform(back, [x * landmarkSize, y * landmarkSize]),
    );
    return fivePoints(landmarks);
  });
}

/** [height, width, 3] bytes of an image of 1, 3 or 4 channels. */
export function toRgb({ data, channels }: DecodedImage): Uint8Array {
  if (channels === 3) return data;
  const rgb = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3) {
    for (let c = 0; c < 3; c += 1) rgb[to + c] = data[channels === 1 ? from : from + c]!;
  }
  return rgb;
}

/** Calls `use` with [height, width, 3] bytes as a tensor, and frees it. */
export async function withTensor<Result>(
  { tf }: FaceApi,
  pixels: Uint8Array,
  width: number,
  height: number,
  use: (tensor: Tensor) => Promise<Result>,
): Promise<Result> {
  const tensor = tf.tensor3d(pixels, [height, width, 3], "int32");
  try {
    return await use(tensor);
  } finally {
    tensor.dispose();
  }
}
