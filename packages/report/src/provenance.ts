/** @file Where a report comes from: what is needed to produce it again and to judge it, and how Markdown lists it. */
import { groupBy, listFirst, percent, sum } from "@mvt/common";

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
  /** Images per split, in the order to print: { train: 450, validation: 50, test: 200 }. Empty where they are not known. */
  readonly counts: Readonly<Record<string, number>>;
  /** Absent where it is not known which labels are wrong, as in real data as they are. */
  readonly labelNoise?: LabelNoise;
  /** Images that were left out because they cannot be read: "train_00007.jpg (0 bytes)". Absent if none were. */
  readonly skipped?: readonly string[];
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

/** The runs of a report that one version trained on one machine. */
export interface TrainedRuns {
  readonly runs: number;
  /** The files of pre-trained weights that they started from, each once, in words; absent if there are none. */
  readonly starts?: readonly string[];
  /** Absent of runs that did not record it. */
  readonly by?: {
    readonly commit: string;
    readonly dirty: boolean;
    readonly machine: Machine;
    /** When the first and the last of them ended, ISO 8601. */
    readonly first: string;
    readonly last: string;
    /** Other commits that trained the first steps of some of them. */
    readonly begunBy: readonly string[];
  };
}

export interface Provenance {
  /** What to type to get this report: "pnpm exp table2 --scale smoke". */
  readonly command: string;
  /** Of the version that writes the report. */
  readonly commit: string;
  /** Whether the working tree held uncommitted changes. */
  readonly dirty: boolean;
  readonly scale: string;
  /** Empty if no number depends on randomness. */
  readonly seeds: readonly number[];
  readonly data: readonly DataDescription[];
  /** The machine that writes the report. */
  readonly machine: Machine;
  /** When the report was written, ISO 8601. */
  readonly date: string;
  /** What made the runs that the report is about; absent if it is about none. */
  readonly trained?: readonly TrainedRuns[];
}

/** The provenance in words, one string per item of a list. */
export function provenanceList(provenance: Provenance): readonly string[] {
  const { command, scale, seeds, data, machine, date } = provenance;
  return [
    `Command: \`${command}\``,
    ...versionLines(provenance),
    `Scale: ${scale}${seedWords(seeds)}`,
    ...data.map(dataLine),
    ...startsOf(provenance).map((start) => `Pre-trained weights: ${start}`),
    ...machineLines(provenance),
    ...(machine.software ? [`Software: ${machine.software.join("; ")}`] : []),
    `Date: ${date}`,
  ];
}

/** One line if the runs and the report come from one commit, else one per commit and one for the report. */
function versionLines({ trained = [], ...report }: Provenance): readonly string[] {
  const own = commitWords(report);
  const groups = groupBy(trained, ({ by }) => (by ? commitWords(by) : undefined));
  const [only] = groups.size === 1 ? groups.keys() : [];
  const begunElsewhere = trained.some(({ by }) => by && by.begunBy.length > 0);
  if (trained.length === 0) return [`Commit: ${own}`];
  if (only === own && !begunElsewhere) {
    return [`Commit: ${own}; trained ${daysOf(trained.flatMap(({ by }) => by ?? []))}`];
  }
  return [
    ...[...groups].map(([commit, group]) => {
      const runs = runsWords(sum(group.map((each) => each.runs)));
      if (commit === undefined)
        return `Commit of ${runs}: not recorded by the version that trained`;
      const made = group.flatMap(({ by }) => by ?? []);
      const begunBy = [...new Set(made.flatMap((by) => by.begunBy))];
      const begun = begunBy.length === 0 ? "" : `; some were begun by ${begunBy.join(", ")}`;
      return `Commit of ${runs}: ${commit}; trained ${daysOf(made)}${begun}`;
    }),
    `Commit of this report: ${own}`,
  ];
}

/** The files of pre-trained weights that the runs started from, each once. */
function startsOf({ trained = [] }: Provenance): readonly string[] {
  return [...new Set(trained.flatMap(({ starts = [] }) => starts))].toSorted();
}

/** The machines of the runs, each once, and that of the report if it computed something and is another. */
function machineLines({ trained = [], machine }: Provenance): readonly string[] {
  const own = machineLine(machine);
  if (trained.length === 0) return [`Machine: ${own}`];
  const groups = groupBy(trained, ({ by }) => by && machineLine(by.machine));
  const lines = [...groups].map(([line, group]) => {
    const of = groups.size === 1 ? "" : ` of ${runsWords(sum(group.map(({ runs }) => runs)))}`;
    return `Machine${of}: ${line ?? "not recorded by the version that trained"}`;
  });
  const computed = machine.backend !== undefined;
  return computed && !groups.has(own) ? [...lines, `Machine of this report: ${own}`] : lines;
}

function commitWords({ commit, dirty }: Pick<Provenance, "commit" | "dirty">): string {
  return `${commit}${dirty ? ", with uncommitted changes" : ""}`;
}

function runsWords(runs: number): string {
  return runs === 1 ? "1 run" : `${runs} runs`;
}

/** "on 2026-11-28", "from 2026-11-27 to 2026-11-28" */
function daysOf(made: readonly NonNullable<TrainedRuns["by"]>[]): string {
  const day = (date: string) => date.slice(0, "2026-11-28".length);
  const [first] = made.map((by) => day(by.first)).toSorted();
  const last = made
    .map((by) => day(by.last))
    .toSorted()
    .at(-1);
  return first === last ? `on ${first}` : `from ${first} to ${last}`;
}

function seedWords(seeds: readonly number[]): string {
  if (seeds.length === 0) return "";
  return `; ${seeds.length === 1 ? "seed" : "seeds"}: ${seeds.join(", ")}`;
}

function dataLine({
  title,
  kind,
  layout,
  protocol,
  counts,
  labelNoise,
  skipped = [],
}: DataDescription): string {
  const images = Object.entries(counts).map(([split, count]) => `${split} ${count}`);
  return `Data: ${title}, ${kind}; layout ${layout}, protocol ${protocol}${images.length === 0 ? "" : `; images: ${images.join(", ")}`}${skippedWords(skipped)}${labelNoise ? `; ${noiseWords(labelNoise)}` : ""}`;
}

/** Skipped images that are named. */
const namedImages = 10;

function skippedWords(skipped: readonly string[]): string {
  if (skipped.length === 0) return "";
  const images =
    skipped.length === 1 ? "1 unreadable image" : `${skipped.length} unreadable images`;
  return `, without ${images}: ${listFirst(skipped, namedImages)}`;
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
