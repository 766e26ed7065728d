/** @file `pnpm exp bench`: its options, the plan that they describe, and the files of the report. */
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { CommandLineError } from "@mvt/common";
import { writeWhole } from "@mvt/common/files";
import { deit } from "@mvt/core";
import { describeMachine, describeProvenance } from "@mvt/experiments";
import {
  type ArgsOf,
  chooseDevice,
  type CommandOptions,
  createProgress,
  defineCommand,
  engineOptions,
  jsonOption,
  reportsFolder,
  layoutOptions,
  requireEngineEffect,
  requireWritableReport,
  runsOption,
  say,
  scaleOption,
  sessionsOf,
  wholeFrom,
  writeJson,
} from "@mvt/experiments/cli";
import {
  scalingFigure,
  speedMeasurements,
  speedTable,
  toCsv,
  toMarkdown,
  toText,
} from "@mvt/report";
import type { Provenance, SpeedReport } from "@mvt/report";
import { toHtml } from "@mvt/report/html/table-page";
import { benchFacts, benchJson, benchPredictJson } from "./bench-facts.ts";
import { benchmarks, runBenchmarks } from "./benchmarks/index.ts";
import type { BenchmarkName } from "./benchmarks/index.ts";
import { requireKnownCompetitors } from "./benchmarks/steps.ts";
import { engineEntryOf, engines } from "./engines.ts";
import type { EngineEntry } from "./engines.ts";
import { cpuFeatures } from "./machine.ts";
import { full, quick } from "./plan.ts";
import type { BenchPlan } from "./plan.ts";
import { benchFacesJson, benchPeersJson } from "./faces-facts.ts";
import { benchPredict, predictOptions } from "./predict-command.ts";
import { findTorch } from "./processes/pytorch.ts";

const benchmarkNames = Object.keys(benchmarks) as BenchmarkName[];

const workloadOptions = {
  variant: {
    choices: Object.keys(deit.variants) as deit.Variant[],
    describe: "which DeiT [default: S/16; nano with --quick]",
  },
  batch: {
    type: "string",
    describe: "images per training step, separated by commas [default: 8,32; 8 with --quick]",
  },
  rounds: {
    type: "number",
    check: wholeFrom(1),
    describe: "rounds, in each of which every competitor runs once [default: 5; 1 with --quick]",
  },
  steps: {
    type: "number",
    check: wholeFrom(1),
    describe: "steps of each competitor in a round [default: 3; 2 with --quick]",
  },
  quick: {
    type: "boolean",
    default: false,
    describe: "a tiny model for some seconds: tries all of the code, the numbers mean nothing",
  },
} as const;

const competitorOptions = {
  python: {
    type: "string",
    array: true,
    default: [] as string[],
    describe: "a Python with PyTorch, which is timed as well; repeatable, except for predict",
  },
  only: {
    type: "string",
    describe:
      "competitors of the training step, separated by commas: floor (the matrix products alone), pytorch, tfjs-wasm, ...; a wrong name lists all of them [default: all]",
  },
} as const;

const baselineOptions = {
  ...engineOptions,
  device: {
    ...engineOptions.device,
    describe: "where it computes [default: cpu; with --backend tfjs the best that is installed]",
  },
  threads: {
    ...engineOptions.threads,
    describe: "threads of every competitor [default: one per core]",
  },
} as const;

const reportOptions = {
  out: {
    type: "string",
    describe: `folder of the report [default: ${reportsFolder}/bench for all; nothing is written otherwise]`,
  },
} as const;

const facesOptions = {
  photographs: {
    type: "number",
    default: 8,
    check: wholeFrom(1),
    describe: "photographs of each number of people",
  },
} as const;

const peersOptions = {
  run: {
    type: "string",
    suggest: "run",
    describe: "the beginning of a run's id",
  },
  runs: runsOption,
  scale: scaleOption,
  data: {
    type: "string",
    describe: "folder of the real data that the run was trained on [default: synthetic faces]",
  },
  ...layoutOptions,
} as const;

const positionals = {
  what: {
    choices: ["all", ...benchmarkNames, "predict", "faces", "peers"] as const,
    default: "all" as const,
    describe:
      "train: training steps; evaluate: MVT with masks; growth: time and memory by batch, image size and depth; data: the data pipeline; all: these four; predict: an exported model; faces: how many faces of drawn photographs are found; peers: the accuracy of a run beside another package's model",
  },
} as const;

const options = {
  ...grouped("What is timed:", workloadOptions),
  ...grouped("What it is compared with:", competitorOptions),
  ...grouped("The engine of this project:", baselineOptions),
  ...grouped("The report:", reportOptions),
  ...grouped("Of predict only:", predictOptions),
  ...grouped("Of faces only:", facesOptions),
  ...grouped("Of peers only:", peersOptions),
  ...jsonOption,
} as const;

type Args = ArgsOf<typeof options & typeof positionals>;

export default defineCommand({
  options,
  positionals,
  facts: {
    bench: benchJson,
    "bench predict": benchPredictJson,
    "bench faces": benchFacesJson,
    "bench peers": benchPeersJson,
  },
  examples: [
    ["bench --python .venv/bin/python", "the whole report, with PyTorch: about 20 minutes"],
    ["bench train --only floor --batch 8", "a training step and its matrix products alone"],
    ["bench predict --model mvt.onnx", "latency of one image, throughput of 256"],
    ["bench predict --python .venv/bin/python", "DeiT-S here and in PyTorch"],
    ["bench faces", "faces of drawn photographs: found, and how exactly"],
    ["bench peers --run 3f2a", "a run and face-api's expression network on the same images"],
  ],
  run,
});

/** The options under one heading of the help. */
function grouped<const Options extends CommandOptions>(group: string, all: Options): Options {
  const entries = Object.entries(all).map(([name, option]) => [name, { ...option, group }]);
  return Object.fromEntries(entries) as Options;
}

async function run(args: Args): Promise<void> {
  if (args.what === "predict" || args.what === "faces" || args.what === "peers") {
    const where = {
      got: `\`bench ${args.what}\``,
      expected: "benchmarks of this project's engines",
    };
    requireEngineEffect(args, where, ["threads"]);
  }
  if (args.what === "predict") return benchPredict(args);
  // Loaded here, since the other benchmarks look for no faces.
  if (args.what === "faces") return (await import("./faces-command.ts")).benchFaces(args);
  if (args.what === "peers") {
    return (await import("./peers-command.ts")).benchPeers({ ...args, images: undefined });
  }
  const names = args.what === "all" ? benchmarkNames : [args.what];
  const stem = args.what === "all" ? "bench" : `bench-${args.what}`;
  const folder =
    args.out ?? (stem === "bench" && !args.quick ? join(reportsFolder, "bench") : undefined);
  const { plan, variant } = await planOf(args);
  if (folder !== undefined) await requireWritableReport("out", folder, stem);

  const { report, software } = await runBenchmarks(names, plan);
  const { imageSize: S } = plan.model;
  const title = `DeiT ${variant}, ${S} x ${S}, float32, ${threadWords(plan.threads)}`;
  const { text, files } = await filesOf({ ...report, title }, stem, {
    ...describeProvenance({
      scale: args.quick ? "quick, whose numbers mean nothing" : "full",
      seeds: [],
      data: [],
    }),
    machine: { ...describeMachine(), features: cpuFeatures(), software },
  });
  if (args.json) writeJson(benchJson, benchFacts({ ...report, title }, software));
  else process.stdout.write(text);
  if (folder === undefined) return;
  for (const [name, content] of files) await writeWhole(join(resolve(folder), name), content);
  say(`wrote ${files.map(([name]) => name).join(", ")} in ${folder}`);
}

/** What the options ask for. Throws a CommandLineError or a UserError if that cannot be measured. */
async function planOf(args: Args): Promise<{
  readonly plan: BenchPlan;
  readonly variant: deit.Variant;
}> {
  const effort = args.quick ? quick : full;
  const variant = args.variant ?? (args.quick ? "nano" : "S/16");
  const device = await chooseDevice(args.device, args.backend);
  const entry = engineEntryOf({ backend: args.backend, ...device });
  const threads = args.threads ?? availableParallelism();
  const engine = { ...entry.engine, sessions: sessionsOf(args, device, threads) };
  const baseline = onAnyDevice({ ...entry, engine });
  const only = args.only?.split(",");
  const batchSizes = batchSizesOf(args.batch ?? (args.quick ? "8" : "8,32"));
  const pythons = await Promise.all(args.python.map(findTorch));
  const plan: BenchPlan = {
    ...effort,
    rounds: args.rounds ?? effort.rounds,
    steps: args.steps ?? effort.steps,
    model: { ...deit.variants[variant], classes: 7 },
    batchSizes,
    threads,
    baseline,
    otherEngines: engines
      .filter(({ id }) => id !== baseline.id)
      .map((other) => (only?.includes(other.id) ? onAnyDevice(other) : other)),
    pythons,
    only,
    say: createProgress().say,
  };
  requireKnownCompetitors(plan);
  return { plan, variant };
}

/** An engine that was asked for by name: it is timed even if its GPU driver computes on the CPU. */
const onAnyDevice = (entry: EngineEntry): EngineEntry => ({ ...entry, hardwareOnly: false });

/** "8,32" as numbers. */
function batchSizesOf(list: string): BenchPlan["batchSizes"] {
  const [first, ...others] = list.split(",").map(Number);
  const sizes = [first!, ...others] as const;
  if (sizes.every((size) => Number.isSafeInteger(size) && size >= 1)) return [...sizes];
  throw new CommandLineError(
    `--batch ${list}: expected whole numbers of at least 1, separated by commas.`,
  );
}

/** The report for the terminal, and the files of the report by name. */
async function filesOf(
  report: SpeedReport,
  stem: string,
  provenance: Provenance,
): Promise<{
  readonly text: string;
  readonly files: readonly (readonly [name: string, content: string])[];
}> {
  const table = speedTable(report, provenance);
  const { title, scalings } = report;
  const files: [string, string][] = [
    [`${stem}.md`, toMarkdown(table)],
    [`${stem}.csv`, toCsv(speedMeasurements(report, provenance))],
  ];
  const figures = scalings.length > 0 ? [await scalingFigure(title, scalings)] : [];
  for (const svg of figures) files.push([`${stem}.svg`, svg]);
  files.push([`${stem}.html`, toHtml(table, { figures })]);
  return { text: toText(table), files };
}

function threadWords(threads: number): string {
  return `${threads} ${threads === 1 ? "thread" : "threads"}`;
}
