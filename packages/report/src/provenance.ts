/**
 * @file Where a report comes from: all that is needed to produce it again, and to judge it.
 */

/** Whether the images are photographs of the published set or were drawn by this project. */
export type DataKind = "synthetic" | "real";

export interface DataDescription {
  /** As the paper prints it: "RAF-DB". Rows of a table refer to it by this title. */
  readonly title: string;
  readonly kind: DataKind;
  /** Which of the published file layouts was read. */
  readonly layout: string;
  /** The labelling protocol: "argmax-10". */
  readonly protocol: string;
  /** Images per split, in the order to print: { train: 450, validation: 50, test: 200 }. */
  readonly counts: Readonly<Record<string, number>>;
  /** The share of training labels made wrong on purpose, 0 to 1; unknown for real data. */
  readonly labelNoise?: number;
}

export interface Machine {
  /** The model name the operating system gives. */
  readonly cpu: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly os: string;
  /** The version of Node: "26.10.0". */
  readonly node: string;
  /** The backend and its device: "onnx, cpu". Absent where finished answers were read and none ran. */
  readonly backend?: string;
  /** What the backend runs on, with its version: "onnxruntime-node 1.30.0". */
  readonly engine?: string;
  /** What the processor can do that arithmetic depends on: "avx512f". */
  readonly features?: readonly string[];
  /** Further programs that had a part, each with its version: "PyTorch 2.13.0". */
  readonly software?: readonly string[];
}

export interface Provenance {
  /** What to type to get this report: "pnpm exp table2 --scale smoke". */
  readonly command: string;
  readonly commit: string;
  /** The working tree held changes that no commit has. */
  readonly dirty: boolean;
  readonly scale: string;
  /** None where nothing is random that a number depends on. */
  readonly seeds: readonly number[];
  readonly data: readonly DataDescription[];
  readonly machine: Machine;
  /** ISO 8601. */
  readonly date: string;
}
