/**
 * @file `pnpm exp bench`: how fast this project is, beside the floor, PyTorch and other engines; and
 * `bench predict`: how fast an exported model answers.
 */
import { join, resolve } from "node:path";
import { availableParallelism } from "node:os";
import { deit } from "@mvt/core";
import {
  scalingFigure,
  speedMeasurements,
  speedTable,
  toCsv,
  toMarkdown,
  toText,
} from "@mvt/report";
import type { Provenance, SpeedReport } from "@mvt/report";
import type { Argv } from "yargs";
import { engines, entryOf, findTorch } from "../../bench/roster.ts";
import type { EngineEntry } from "../../bench/roster.ts";
import { cpuFeatures } from "../../bench/cpu-features.ts";
import { quick, thorough } from "../../bench/plan.ts";
import type { BenchPlan } from "../../bench/plan.ts";
import { measureSpeed, sections } from "../../bench/report.ts";
import type { SectionName } from "../../bench/report.ts";
import { requireKnown } from "../../bench/step-sections.ts";
import { writeAtomically } from "../../runs/atomic-write.ts";
import { describeMachine, sourceVersion } from "../../runs/provenance.ts";
import { CommandLineError } from "../../usage-error.ts";
import { chooseDevice } from "../device.ts";
import { engineOptions, requirePositive, sessionsOf } from "../options.ts";
import { createProgress } from "../progress.ts";
import { requireWritableReport } from "../writable.ts";
import { benchPredict, predictOptions } from "./bench-predict.ts";

const sectionNames = Object.keys(sections) as SectionName[];

export function builder(cli: Argv) {
  return cli
    .positional("what", {
      choices: ["all", ...sectionNames, "predict"] as const,
      default: "all" as const,
      describe:
        "all of it; training steps, evaluation, growth or the data pipeline alone; or the answers of an exported model",
    })
    .options(engineOptions)
    .options({
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
        describe: "turns of every contestant [default: 5; 1 with --quick]",
      },
      steps: { type: "number", describe: "steps in each turn [default: 3; 2 with --quick]" },
      python: {
        type: "string",
        array: true,
        default: [] as string[],
        describe:
          "a Python with PyTorch, to be timed on the same training step or, of predict, the same answers; repeatable",
      },
      only: {
        type: "string",
        describe:
          "who takes training steps beside this project's engine: floor,pytorch,pytorch-class-row,... [default: all]",
      },
      quick: {
        type: "boolean",
        default: false,
        describe: "a tiny model for some seconds: checks the plumbing, the numbers mean nothing",
      },
      out: {
        type: "string",
        describe:
          "folder of the report [default: results/bench; none for a part of it, or --quick]",
      },
    })
    .options(predictOptions)
    .example(
      "$0 bench --python .venv/bin/python",
      "the whole report, with PyTorch: some 20 minutes",
    )
    .example("$0 bench train --only floor --batch 8", "a training step and its floor alone")
    .example("$0 bench predict --model mvt.onnx", "one picture's latency, throughput of 256")
    .example("$0 bench predict --python .venv/bin/python", "DeiT-S beside PyTorch's");
}

type Args = Awaited<ReturnType<typeof builder>["argv"]>;

export async function run(args: Args): Promise<void> {
  if (args.what === "predict") return benchPredict(args);
  const names = args.what === "all" ? sectionNames : [args.what];
  const stem = args.what === "all" ? "bench" : `bench-${args.what}`;
  const folder =
    args.out ?? (stem === "bench" && !args.quick ? join("results", "bench") : undefined);
  const { plan, variant } = await planOf(args);
  if (folder !== undefined) await requireWritableReport("out", folder, stem);

  const { report, software } = await measureSpeed(names, plan);
  const { imageSize: S } = plan.model;
  const title = `DeiT ${variant}, ${S} x ${S}, float32, ${threadWords(plan.threads)}`;
  const files = await filesOf({ ...report, title }, stem, {
    command: ["pnpm exp", ...process.argv.slice(2)].join(" "),
    ...sourceVersion(),
    scale: args.quick ? "quick, whose numbers mean nothing" : "full",
    seeds: [],
    data: [],
    machine: { ...describeMachine(), features: cpuFeatures(), software },
    date: new Date().toISOString(),
  });
  process.stdout.write(files.text);
  if (folder === undefined) return;
  for (const [name, content] of Object.entries(files.contents)) {
    await writeAtomically(join(resolve(folder), name), content);
  }
  process.stdout.write(`wrote ${Object.keys(files.contents).join(", ")} in ${folder}\n`);
}

async function planOf(args: Args): Promise<{
  readonly plan: BenchPlan;
  readonly variant: deit.Variant;
}> {
  for (const flag of ["rounds", "steps", "threads"] as const) requirePositive(flag, args[flag]);
  const effort = args.quick ? quick : thorough;
  const variant = args.variant ?? (args.quick ? "nano" : "S/16");
  const device = await chooseDevice(args.device, args.backend);
  const named = entryOf({ backend: args.backend, ...device });
  const engine = { ...named.engine, ...sessionsOf(args, device) };
  const base = timedAnyway({ ...named, engine });
  const only = args.only?.split(",");
  const asked = {
    ...effort,
    rounds: args.rounds ?? effort.rounds,
    steps: args.steps ?? effort.steps,
    model: { ...deit.variants[variant], classes: 7 },
    batches: batchesOf(args.batch ?? (args.quick ? "8" : "8,32")),
    threads: args.threads ?? availableParallelism(),
    base,
    rivals: engines
      .filter(({ id }) => id !== base.id)
      .map((entry) => (only?.includes(entry.id) ? timedAnyway(entry) : entry)),
    say: createProgress().say,
    ...(only === undefined ? {} : { only }),
  };
  const pythons = await Promise.all(args.python.map(findTorch));
  const plan: BenchPlan = { ...asked, pythons };
  requireKnown(plan);
  return { plan, variant };
}

/** An engine that was asked for by name, whatever its device is. */
const timedAnyway = (entry: EngineEntry): EngineEntry => ({ ...entry, hardwareOnly: false });

/** "8,32" as numbers. */
function batchesOf(list: string): readonly number[] {
  const batches = list.split(",").map(Number);
  if (batches.every((batch) => Number.isSafeInteger(batch) && batch >= 1)) return batches;
  throw new CommandLineError(
    `--batch ${list}: expected whole numbers of at least 1, separated by commas.`,
  );
}

async function filesOf(
  report: SpeedReport,
  stem: string,
  provenance: Provenance,
): Promise<{ readonly text: string; readonly contents: Readonly<Record<string, string>> }> {
  const table = speedTable(report, provenance);
  const { title, scalings } = report;
  return {
    text: toText(table),
    contents: {
      [`${stem}.md`]: toMarkdown(table),
      [`${stem}.csv`]: toCsv(speedMeasurements(report, provenance)),
      ...(scalings.length === 0 ? {} : { [`${stem}.svg`]: await scalingFigure(title, scalings) }),
    },
  };
}

function threadWords(threads: number): string {
  return `${threads} ${threads === 1 ? "thread" : "threads"}`;
}
