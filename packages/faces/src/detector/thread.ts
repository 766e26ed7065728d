/** @file What a worker thread does: it loads the networks once, then handles one image at a time. */
import type { DecodedImage } from "@mvt/core";
import { decodeImageFile } from "@mvt/datasets";
import { alignment } from "../geometry/template.ts";
import { warp } from "../geometry/warp.ts";
import { peerExpressions } from "./face-api.ts";
import type { FaceApi } from "./face-api.ts";
import { findFaces, toRgb, withTensor } from "./find.ts";
import type { Face } from "./find.ts";
import { openFaceApi } from "./node-api.ts";

/** How to crop faces: pixels along the side, and the margin of `alignedPoints`. */
export interface CropOptions {
  readonly size: number;
  readonly margin: number;
}

export interface FindTask {
  readonly kind: "find";
  /** An image, or the path of one. */
  readonly image: DecodedImage | string;
  readonly minScore: number;
  /** Absent: no crops are made. */
  readonly crop?: CropOptions;
}

/** A face and, if crops were asked for, its aligned image: [size, size, 3]. */
export interface FoundFace extends Face {
  readonly aligned?: Uint8Array;
}

export interface FoundFaces {
  readonly width: number;
  readonly height: number;
  /** The largest first. */
  readonly faces: readonly FoundFace[];
}

export interface ExpressionTask {
  readonly kind: "expressions";
  /** One face, which the network sees whole. */
  readonly image: DecodedImage;
}

export type Task = FindTask | ExpressionTask;

/** The promise of the networks is shared: the first task waits for it. */
let opened: Promise<FaceApi> | undefined;

/** What the task asks for: faces, or the probabilities of `peerExpressions`. */
export default async function handle(task: Task): Promise<FoundFaces | readonly number[]> {
  opened ??= openFaceApi(["ssdMobilenetv1", "faceLandmark68Net", "faceExpressionNet"]);
  const api = await opened;
  return task.kind === "find" ? find(api, task) : expressionsOf(api, task.image);
}

async function find(api: FaceApi, { image, minScore, crop }: FindTask): Promise<FoundFaces> {
  const decoded = typeof image === "string" ? await decodeImageFile(image) : image;
  const faces = await findFaces(api, decoded, minScore);
  return {
    width: decoded.width,
    height: decoded.height,
    faces: faces.map((face) =>
      crop === undefined
        ? face
        : {
            ...face,
            aligned: warp(decoded, alignment(face.points, crop.size, crop.margin), crop.size),
          },
    ),
  };
}

async function expressionsOf(api: FaceApi, image: DecodedImage): Promise<readonly number[]> {
  const { width, height } = image;
  return withTensor(api, toRgb(image), width, height, async (tensor) => {
    const shares = await api.nets.faceExpressionNet.predictExpressions(tensor);
    return peerExpressions.map((name) => shares[name]);
  });
}
