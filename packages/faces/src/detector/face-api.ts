/**
 * @file The part of @vladmandic/face-api that is used, and how its networks are loaded. The package has two builds for two
 * engines; both have these names.
 */

/** A tensor of TensorFlow.js. */
export interface Tensor {
  dispose(): void;
}

/** A box in pixels of the tensor. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Net {
  loadFromWeightMap(weights: unknown): void;
}

/** TensorFlow.js, as the package exports it. */
export interface Tf {
  setBackend(name: string): Promise<boolean>;
  setWasmPaths(paths: Readonly<Record<string, string>> | string): void;
  env(): { set(name: string, value: boolean): void };
  tensor3d(data: Uint8Array, shape: readonly [number, number, number], type: "int32"): Tensor;
  readonly io: { decodeWeights(bytes: ArrayBuffer, specs: unknown): unknown };
}

/** The seven classes of the package's expression network, in its order. */
export const peerExpressions = [
  "neutral",
  "happy",
  "sad",
  "angry",
  "fearful",
  "disgusted",
  "surprised",
] as const;
export type PeerExpression = (typeof peerExpressions)[number];

export interface FaceApi {
  readonly tf: Tf;
  readonly nets: {
    readonly ssdMobilenetv1: Net & {
      locateFaces(
        image: Tensor,
        options: object,
      ): Promise<readonly { readonly score: number; readonly box: Box }[]>;
    };
    readonly faceLandmark68Net: Net & {
      detectLandmarks(image: Tensor): Promise<{
        readonly relativePositions: readonly { readonly x: number; readonly y: number }[];
      }>;
    };
    readonly faceExpressionNet: Net & {
      predictExpressions(image: Tensor): Promise<Readonly<Record<PeerExpression, number>>>;
    };
  };
  readonly SsdMobilenetv1Options: new (options: {
    readonly minConfidence: number;
    readonly maxResults: number;
  }) => object;
}

/** The networks that are used, with the names of their files in the package's folder `model`. */
export const modelFiles = {
  ssdMobilenetv1: "ssd_mobilenetv1_model",
  faceLandmark68Net: "face_landmark_68_model",
  faceExpressionNet: "face_expression_model",
} as const satisfies Record<keyof FaceApi["nets"], string>;
export type NetName = keyof typeof modelFiles;

/** The files of a network: its manifest, parsed, and its weights. */
export interface NetFiles {
  readonly manifest: unknown;
  readonly weights: ArrayBuffer;
}

/** Loads networks, each from one file of weights as the package ships them. */
export async function loadNets(
  { nets, tf }: FaceApi,
  names: readonly NetName[],
  read: (name: NetName) => Promise<NetFiles>,
): Promise<void> {
  for (const name of names) {
    const { manifest, weights } = await read(name);
    const [group] = manifest as readonly { readonly weights: unknown }[];
    nets[name].loadFromWeightMap(tf.io.decodeWeights(weights, group!.weights));
  }
}
