/** @file Where a report comes from: what is needed to produce it again and to judge it, and how Markdown lists it. */
import { percent } from "@mvt/common";

/** Whether the images are photographs of the published set or were drawn by this project. */
export type DataKind = "synthetic" | "real";

/** Training labels that are known to be wrong. */
export interface LabelNoise {
  /** k of n training labels. */
  readonly wrong: number;
  readonly of: number;
  /** Where it comes from: "20 % symmetric noise". */
  readonly source: string;
  /** Whether the labels that choose the epoch have wrong ones, too. */
  readonly validation: "noisy" | "clean";
}

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
  /** Absent where it is not known which labels are wrong, as in real data as they are. */
  readonly labelNoise?: LabelNoise;
}

export interface Machine {
  /** The model name that the operating system gives. */
  readonly cpu: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly os: string;
  /** The version of Node: "26.10.0". */
  readonly node: string;
  /** The backend and its device: "onnx, cpu". Absent if stored predictions were read and none ran. */
  readonly backend?: string;
  /** What the backend runs on, with its version: "onnxruntime-node 1.30.0". */
  readonly engine?: string;
  /** Features of the processor that arithmetic depends on: "avx512f". */
  readonly features?: readonly string[];
  /** Further programs that were measured, each with its version: "PyTorch 2.13.0". */
  readonly software?: readonly string[];
}

export interface Provenance {
  /** What to type to get this report: "pnpm exp table2 --scale smoke". */
  readonly command: string;
  readonly commit: string;
  /** Whether the working tree held uncommitted changes. */
  readonly dirty: boolean;
  readonly scale: string;
  /** Empty if no number depends on randomness. */
  readonly seeds: readonly number[];
  readonly data: readonly DataDescription[];
  readonly machine: Machine;
  /** ISO 8601. */
  readonly date: string;
}

/** The provenance in words, one string per item of a list. */
export function provenanceList(provenance: Provenance): readonly string[] {
  const { command, commit, dirty, scale, seeds, data, machine, date } = provenance;
  return [
    `Command: \`${command}\``,
    `Commit: ${commit}${dirty ? ", with uncommitted changes" : ""}`,
    `Scale: ${scale}${seedWords(seeds)}`,
    ...data.map(dataLine),
    `Machine: ${machineLine(machine)}`,
    ...(machine.software ? [`Software: ${machine.software.join("; ")}`] : []),
    `Date: ${date}`,
  ];
}

function seedWords(seeds: readonly number[]): string {
  if (seeds.length === 0) return "";
  return `; ${seeds.length === 1 ? "seed" : "seeds"}: ${seeds.join(", ")}`;
}

function dataLine({ title, kind, layout, protocol, counts, labelNoise }: DataDescription): string {
  const images = Object.entries(counts).map(([split, count]) => `${split} ${count}`);
  return `Data: ${title}, ${kind}; layout ${layout}, protocol ${protocol}; images: ${images.join(", ")}${labelNoise ? `; ${noiseWords(labelNoise)}` : ""}`;
}

/** "90 of 450 training labels (20.0 %) are wrong: 20 % symmetric noise; validation labels likewise". */
function noiseWords({ wrong, of, source, validation }: LabelNoise): string {
  const labels = `${wrong} of ${of} training labels (${percent(wrong / of)} %) are wrong: ${source}`;
  return `${labels}; validation labels ${validation === "clean" ? "are right" : "likewise"}`;
}

function machineLine(machine: Machine): string {
  const { cpu, cores, memory, os, node, backend, engine, features = [] } = machine;
  const gibibytes = (memory / 2 ** 30).toFixed(1);
  const ran = backend === undefined ? "" : `; backend ${backend} (${engine})`;
  const supported = features.length === 0 ? "" : ` (${features.join(", ")})`;
  return `${cpu}${supported}, ${cores} cores, ${gibibytes} GiB; ${os}; Node ${node}${ran}`;
}
