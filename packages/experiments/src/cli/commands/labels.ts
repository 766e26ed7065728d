/** @file `pnpm exp labels`: which training labels of a finished run are doubtful, and what relabelling changed. */
import { join } from "node:path";
import { CommandLineError, UserError } from "@mvt/common";
import { datasets, readLabelList } from "@mvt/datasets";
import type { LabelList } from "@mvt/datasets";
import { rankingScoreNames, rankingScores } from "@mvt/relabel";
import { labelFlowTable, labelsTable, toCsv, toMarkdown, toText } from "@mvt/report";
import { toHtml } from "@mvt/report/html/table-page";
import type { PreparedData } from "../../data/prepared.ts";
import { createPreparedSets } from "../../data/prepared-sets.ts";
import { openEngine } from "../../engine/engine.ts";
import { changedImagesSheet, readChanges } from "../../evaluation/changed-images.ts";
import { namedRun } from "../../evaluation/evaluation-facts.ts";
import { labelFacts, labelsJson } from "../../evaluation/label-facts.ts";
import { labelReport } from "../../evaluation/label-report.ts";
import type { LabelledRun } from "../../evaluation/label-report.ts";
import {
  rankingColumn,
  rankingCsv,
  rankLabels,
  scoreColumns,
} from "../../evaluation/label-ranking.ts";
import type { HeldOut } from "../../evaluation/label-ranking.ts";
import { readHeldOut } from "../../runs/held-out.ts";
import { planJson } from "../../runs/plan-facts.ts";
import { readPredictions } from "../../runs/predictions.ts";
import { readLabels } from "../../runs/read-labels.ts";
import type { LabelLine } from "../../runs/read-labels.ts";
import { findRun, openRun } from "../../runs/run-folder.ts";
import type { RunFolder } from "../../runs/run-folder.ts";
import type { ClassifierConfig } from "../../settings/run-config.ts";
import { findData } from "../../studies/find-data.ts";
import { planFolds } from "../../studies/plan-folds.ts";
import { defineCommand, wholeFrom } from "../command.ts";
import type { ArgsOf } from "../command.ts";
import { requireEngineEffect } from "../effects.ts";
import {
  classifierConfigOf,
  describePredicted,
  evaluationProvenance,
  writeReport,
} from "../evaluation-report.ts";
import { jsonOption, writeJson } from "../json-output.ts";
import {
  dataOptions,
  engineOptions,
  finishedRunOptions,
  output,
  runsOption,
  trainingOptions,
  waitingOptions,
} from "../options.ts";
import { createProgress } from "../progress.ts";
import type { Progress } from "../progress.ts";
import { checkpointsOf, scaleOf, scaleOfRun } from "../request.ts";
import { trainRuns } from "../train-runs.ts";
import { waits } from "../waiting.ts";
import { reportsFolder, requireWritable, requireWritableReport } from "../writable.ts";

const ranking = "Ranking:";
const outOfSample = "Out-of-sample probabilities:";

const options = {
  run: finishedRunOptions.run,
  runs: runsOption,
  by: {
    choices: rankingScoreNames,
    default: "aum",
    group: ranking,
    describe: `the score to rank by; ${rankingScoreNames
      .map((name) => `${name}: ${rankingScores[name].about}`)
      .join("; ")}; with --folds, out of sample where it can be`,
  },
  top: {
    type: "number",
    check: wholeFrom(0),
    default: 20,
    group: ranking,
    describe: "images to list; ranking.csv has all",
  },
  folds: {
    type: "number",
    check: wholeFrom(2),
    group: outOfSample,
    describe:
      "train this many runs more, each without a part of the training images, and score those by its predictions",
  },
  plan: { ...trainingOptions.plan, group: outOfSample },
  jobs: trainingOptions.jobs,
  wait: { ...waitingOptions.wait, group: outOfSample },
  "no-wait": { ...waitingOptions["no-wait"], group: outOfSample },
  "checkpoint-every": { ...trainingOptions["checkpoint-every"], group: outOfSample },
  "keep-checkpoints": { ...trainingOptions["keep-checkpoints"], group: outOfSample },
  weights: {
    type: "string",
    group: outOfSample,
    describe:
      "the file of pre-trained weights that the run started from, if it did [default: the file of `weights fetch`]",
  },
  "noise-list": {
    type: "string",
    group: outOfSample,
    describe: "the list of noisy labels that the run was trained on, if it was",
  },
  ...dataOptions,
  ...engineOptions,
  sheet: {
    type: "number",
    check: wholeFrom(0),
    default: 40,
    group: output,
    describe: "the most images on the contact sheet of changed labels; 0 for no sheet",
  },
  out: {
    type: "string",
    group: output,
    describe: `folder of the report [default: ${reportsFolder}/labels/<run id>]`,
  },
  ...jsonOption,
} as const;

type Args = ArgsOf<typeof options>;

export default defineCommand({
  options,
  facts: { labels: labelsJson, "--plan": planJson },
  examples: [
    ["labels --run 3f2a", "the most doubtful labels of the run whose id begins with 3f2a"],
    ["labels --run 3f2a --folds 5", "also by the predictions of runs that never saw the image"],
    ["labels --run 3f2a --by self-confidence --sheet 0", "from its files alone, without data"],
  ],
  async run(args) {
    requireFoldOptions(args);
    const list = args.noiseList === undefined ? undefined : await readLabelList(args.noiseList);
    const folder = await findRun(args.runs, args.run);
    const config = await classifierConfigOf(folder);
    const run = await readRun(folder, config);
    const out = args.out ?? join(reportsFolder, "labels", folder.id);
    for (const stem of ["labels", "scores", "ranking", "flow", "changed"]) {
      await requireWritableReport("out", out, stem);
    }
    const changed = run.lines.filter(isChanged).length;
    const wantsSheet = args.sheet > 0 && changed > 0;
    const progress = createProgress();
    const data =
      args.folds !== undefined || wantsSheet
        ? await openData(folder, config, args, progress)
        : undefined;
    const heldOut =
      args.folds === undefined
        ? undefined
        : await predictFolds({ folder, config, data: data!, list }, args, progress);
    if (args.plan) return;

    const columns = scoreColumns(run.lines, heldOut);
    const rankedBy = rankingColumn(columns, args.by);
    const order = rankLabels(columns[rankedBy]!);
    const report = labelReport(run, { columns, rankedBy, top: args.top, folds: args.folds });
    const provenance = await evaluationProvenance(
      [[folder.id, config]],
      args.runs,
      describePredicted(config, "train", run.lines.length),
    );
    const table = labelsTable(report, provenance);
    if (args.json) {
      const { lines, relabels } = run;
      const counts = { images: lines.length, relabels, changed };
      writeJson(labelsJson, labelFacts({ ...namedRun(run, config), ...counts }, report));
    } else process.stdout.write(`${headline(run, changed)}\n\n${toText(table)}`);
    const { flow } = report;
    await writeReport(out, {
      "labels.md": toMarkdown(table),
      "labels.html": toHtml(table),
      "scores.csv": table.rows.length > 0 ? toCsv(table) : undefined,
      "ranking.csv": rankingCsv(run.lines, columns, order),
      "flow.csv": flow && toCsv(labelFlowTable({ ...report, flow }, provenance)),
      "changed.png": wantsSheet
        ? await drawSheet({ folder, config, run, order, count: args.sheet }, data!)
        : undefined,
    });
  },
});

function requireFoldOptions({
  folds,
  plan,
  weights,
  noiseList,
  wait,
  noWait,
  ...engine
}: Args): void {
  waits({ wait, noWait });
  if (folds !== undefined) return;
  requireEngineEffect(engine, { got: "`labels` without folds", expected: "--folds" });
  const given = {
    plan: plan || undefined,
    weights,
    "noise-list": noiseList,
    wait,
    "no-wait": noWait,
  };
  const lonely = Object.entries(given).find(([, value]) => value !== undefined);
  if (lonely === undefined) return;
  throw new CommandLineError(
    `--${lonely[0]}: expected --folds with it, since nothing is trained otherwise. Leave it out, or pass --folds 5.`,
  );
}

/** What the files of a finished classifier say of its labels. */
async function readRun(folder: RunFolder, config: ClassifierConfig): Promise<LabelledRun> {
  const { classes } = await readPredictions(folder);
  const dataset = datasets[config.data.dataset].title;
  return {
    id: folder.id,
    title: (await folder.result())?.title ?? `${dataset}, seed ${config.seed}`,
    dataset,
    kind: config.data.kind,
    classes,
    lines: await readLabels(folder),
    relabels: config.relabel !== undefined,
  };
}

/** "run 3f2a…: RAF-DB, linear, seed 0; 1800 training images, 212 labels changed" */
function headline({ id, title, lines, relabels }: LabelledRun, changed: number): string {
  const what = relabels ? `${changed} labels changed` : "no relabelling";
  return `run ${id}: ${title}; ${lines.length} training images, ${what}`;
}

/** The data that the run was trained on. */
async function openData(
  run: RunFolder,
  config: ClassifierConfig,
  args: Args,
  progress: Progress,
): Promise<PreparedData> {
  try {
    const scale = await scaleOfRun(run, config, args);
    return await findData(config, createPreparedSets({ ...args, scale }, progress));
  } catch (error) {
    if (!(error instanceof UserError) || args.folds !== undefined) throw error;
    throw new UserError(`${error.message} Or make no contact sheet: --sheet 0.`, {
      cause: error,
      exitCode: error.exitCode,
    });
  } finally {
    progress.end();
  }
}

const isChanged = ({ given, current }: LabelLine) => given !== current;

/** The contact sheet of the first `count` changed images in this order. */
async function drawSheet(
  {
    folder,
    config,
    run,
    order,
    count,
  }: {
    readonly folder: RunFolder;
    readonly config: ClassifierConfig;
    readonly run: LabelledRun;
    readonly order: readonly number[];
    readonly count: number;
  },
  data: PreparedData,
): Promise<Uint8Array> {
  const { title, kind, lines, classes } = run;
  const changed = order.map((i) => lines[i]!).filter(isChanged);
  const sheet = {
    title,
    synthetic: kind === "synthetic",
    lines: changed.slice(0, count),
    changes: await readChanges(folder, lines, classes),
    changed: changed.length,
    reference: config.relabel!.reference,
  };
  return changedImagesSheet(sheet, (await data.open()).train);
}

/** Trains the runs of the folds, where they are missing, and reads what they predict; undefined if they are only planned. */
async function predictFolds(
  {
    folder,
    config,
    data,
    list,
  }: {
    readonly folder: RunFolder;
    readonly config: ClassifierConfig;
    readonly data: PreparedData;
    readonly list: LabelList | undefined;
  },
  args: Args,
  progress: Progress,
): Promise<HeldOut | undefined> {
  const { folds, weights, runs } = args;
  const runsFolder = await requireWritable("runs", runs);
  const asked = { run: folder, config, data, of: folds!, runsFolder: runs, weights, list };
  const planned = await planFolds(asked);
  const engine = await openEngine(args, scaleOf(args));
  const session = { runsFolder, engine, progress, checkpoints: checkpointsOf(args) };
  const training = { ...args, separate: true }; // they differ in their images from the first step on
  if ((await trainRuns(planned, session, training)) === undefined) return undefined;
  const { classes } = data;
  const parts = await Promise.all(
    planned.map(({ id }) => readHeldOut(openRun(runsFolder, id), classes)),
  );
  return { classes, probabilities: new Map(parts.flatMap((part) => [...part])) };
}
