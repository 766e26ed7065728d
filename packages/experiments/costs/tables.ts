/** @file The tables of docs/guides/costs.md. */
import { sum } from "@mvt/common";
import { datasets } from "@mvt/datasets";
import { imagesOf } from "../src/cli/progress.ts";
import type { PlannedRun, RunPlan } from "../src/runs/planned-run.ts";
import { scales } from "../src/settings/scales.ts";
import { countedSets, publishedSet } from "./counted-sets.ts";
import type { CountedName } from "./counted-sets.ts";
import { markdownTable } from "./markdown-table.ts";
import { bytes, readRates } from "./measured.ts";
import type { Rates } from "./measured.ts";
import { costedCommands, planCommand } from "./plans.ts";
import type { CostedCommand } from "./plans.ts";
import { scheduleRuns } from "./schedule.ts";
import { bytesOf, parametersOf, workOf } from "./work.ts";

/** Of a run; the rates were measured on so many. */
const coresOfRun = 2;
const cores = [2, 4, 8, 16, 32, 64, 100] as const;

/** All tables in Markdown, by the name of the place where the guide has them. */
export async function costTables(): Promise<Readonly<Record<string, string>>> {
  const rates = readRates();
  const [one, five] = await Promise.all([costsOf(rates, 1), costsOf(rates, 5)]);
  return {
    rates: ratesTable(rates),
    runs: await runsTable(rates),
    commands: commandsTable(one),
    "commands-5": commandsTable(five),
    cores: coresTable(one),
    "cores-5": coresTable(five),
  };
}

function ratesTable(rates: Rates): string {
  const rows: readonly (readonly [string, number])[] = [
    ["a training step of a classifier", rates.step],
    ["the same on masked images", rates.maskedStep],
    ["the two steps of a mask generator", rates.mgnSteps],
    ["a prediction", rates.evaluation],
    ["the same on masked images", rates.maskedEvaluation],
  ];
  return markdownTable(
    ["", "images per second"],
    rows.map(([what, rate]) => [what, rate.toFixed(1)]),
  );
}

/** One run of each kind on each data set. */
async function runsTable(rates: Rates): Promise<string> {
  const rows = await Promise.all(
    (Object.keys(countedSets) as CountedName[]).map(async (name) => {
      const command = { command: "", reports: ["table1"], datasets: [name], drawn: false } as const;
      const { needed } = await planCommand(command, { seeds: 1, separate: true });
      const [plain, masked] = [false, true].map((masks) =>
        needed.find(
          ({ config }) => config.kind === "classifier" && (config.mgn !== undefined) === masks,
        )!,
      ) as [PlannedRun, PlannedRun];
      const generator = needed.find(({ config }) => config.kind === "mgn")!;
      const { train, validation, test } = publishedSet(name);
      const images = sum([train, validation, test].map(({ rows: all }) => all.length));
      const { imageSize } = scales.paper.model;
      return [
        datasets[name].title,
        grouped(train.rows.length),
        String(plain.config.training.epochs),
        ...[plain, masked, generator].map((run) => hours(workOf(run, rates).seconds)),
        ...[plain, generator].map((run) => megabytes(bytesOf(run))),
        megabytes(bytes.checkpoint * parametersOf(plain.config.model)),
        gigabytes(images * imageSize ** 2 * 3),
      ];
    }),
  );
  return markdownTable(
    [
      "data set",
      "training images",
      "epochs",
      "classifier (h)",
      "with masks (h)",
      "generator (h)",
      "classifier (MB)",
      "generator (MB)",
      "checkpoint (MB)",
      "decoded images (GB)",
    ],
    rows,
  );
}

/** A command with its plans. */
interface Cost extends CostedCommand {
  readonly plan: RunPlan;
  readonly separate: RunPlan;
  /** On two cores. */
  readonly secondsOf: (run: PlannedRun, plan: RunPlan) => number;
}

async function costsOf(rates: Rates, seeds: number): Promise<readonly Cost[]> {
  return Promise.all(
    costedCommands.map(async (command) => ({
      ...command,
      plan: await planCommand(command, { seeds, separate: false }),
      separate: await planCommand(command, { seeds, separate: true }),
      secondsOf: (run, { shared }) => workOf(run, rates, shared).seconds,
    })),
  );
}

function total({ secondsOf }: Cost, plan: RunPlan): number {
  return sum(plan.missing.map((run) => secondsOf(run, plan)));
}

function commandsTable(costs: readonly Cost[]): string {
  return markdownTable(
    [
      "command",
      "runs",
      "of them generators",
      "images (million)",
      "hours",
      "hours, apart",
      "longest chain (h)",
      "runs in a chain",
      "disk (GB)",
    ],
    costs.map((cost) => {
      const { command, plan, separate } = cost;
      const { missing, shared } = plan;
      const { chain, waves } = scheduleOf(cost, plan, coresOfRun);
      return [
        `\`${command}\``,
        String(missing.length),
        String(missing.filter(({ config }) => config.kind === "mgn").length),
        (sum(missing.map((run) => imagesOf(run, shared))) / 1e6).toFixed(1),
        hours(total(cost, plan)),
        hours(total(cost, separate)),
        hours(chain),
        String(waves),
        gigabytes(sum(missing.map(bytesOf))),
      ];
    }),
  );
}

/** Hours until a command is done, by the cores that all machines have together. */
function coresTable(costs: readonly Cost[]): string {
  return markdownTable(
    ["command", ...cores.map((n) => `${n} cores`), `${cores.at(-1)!} cores, apart`],
    costs.map((cost) => [
      `\`${cost.command}\``,
      ...cores.map((n) => hours(scheduleOf(cost, cost.plan, n).seconds)),
      hours(scheduleOf(cost, cost.separate, cores.at(-1)!).seconds),
    ]),
  );
}

function scheduleOf({ secondsOf }: Cost, plan: RunPlan, n: number) {
  return scheduleRuns(plan, (run) => secondsOf(run, plan), Math.floor(n / coresOfRun));
}

const hours = (seconds: number) => {
  const value = seconds / 3600;
  return value < 10 ? value.toFixed(1) : grouped(Math.round(value));
};
const megabytes = (size: number) => grouped(Math.round(size / 1e6));
const gigabytes = (size: number) => (size / 1e9).toFixed(1);
const grouped = (n: number) => n.toLocaleString("en");
