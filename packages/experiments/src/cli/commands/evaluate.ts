/** @file `pnpm exp evaluate`: measures of a finished run's predictions, made again or as it stored them. */
import { CommandLineError } from "@mvt/common";
import { writeWhole } from "@mvt/common/files";
import { confusionTable, evaluate, evaluationTable, toCsv, toMarkdown, toText } from "@mvt/report";
import type { EvaluatedRun, LabelledPredictions, Provenance } from "@mvt/report";
import { toHtml } from "@mvt/report/html/table-page";
import { datasetNames } from "@mvt/datasets";
import type { DatasetName } from "@mvt/datasets";
import { maskImages } from "../../data/control-masks.ts";
import type { PreparedData, Subset } from "../../data/prepared.ts";
import { mistakesCsv, mistakesOf, mistakesSheet } from "../../evaluation/mistakes.ts";
import type { FoundMistake } from "../../evaluation/mistakes.ts";
import { sharedClasses } from "../../evaluation/shared-classes.ts";
import { createPreparedSets } from "../../data/prepared-sets.ts";
import type { PreparedSets } from "../../data/prepared-sets.ts";
import { openRequested } from "../../engine/engine.ts";
import { evaluateJson, evaluationFacts, namedRun } from "../../evaluation/evaluation-facts.ts";
import { evaluateRun } from "../../training/evaluate-run.ts";
import { predictionsCsv, readPredictions } from "../../runs/predictions.ts";
import { dataKind, describeData } from "../../runs/provenance.ts";
import { findRun } from "../../runs/run-folder.ts";
import type { RunFolder } from "../../runs/run-folder.ts";
import type { ClassifierConfig } from "../../settings/run-config.ts";
import { findData } from "../../studies/find-data.ts";
import { defineCommand, wholeFrom } from "../command.ts";
import type { ArgsOf } from "../command.ts";
import { requireEngineEffect } from "../effects.ts";
import {
  bootstrapOf,
  classifierConfigOf,
  describePredicted,
  evaluatedRunOf,
  evaluationOptions,
  evaluationProvenance,
  requireReport,
  writeReport,
} from "../evaluation-report.ts";
import { jsonOption, writeJson } from "../json-output.ts";
import { say } from "../messages.ts";
import { dataOptions, engineOptions, finishedRunOptions, output, runsOption } from "../options.ts";
import { createProgress } from "../progress.ts";
import { scaleOfRun } from "../request.ts";
import { formatCount } from "../run-summary.ts";
import { requireWritableFile } from "../writable.ts";

const options = {
  ...dataOptions,
  runs: runsOption,
  ...engineOptions,
  ...finishedRunOptions,
  split: {
    choices: ["test", "validation"],
    default: "test",
    describe: "the split whose images are predicted",
  },
  on: {
    choices: datasetNames,
    group: "Data:",
    describe: "predict the images of another data set, whose classes are matched by expression",
  },
  stored: {
    type: "boolean",
    default: false,
    describe: "measure the predictions.csv that the run wrote; needs neither data nor engine",
  },
  out: {
    type: "string",
    group: output,
    describe: "write the prediction for every image to this CSV file",
  },
  hardest: {
    type: "number",
    check: wholeFrom(1),
    group: output,
    describe:
      "show the N wrong predictions that the run is surest of: with --report as hardest.png and hardest.csv, and with --json",
  },
  ...evaluationOptions,
  ...jsonOption,
} as const;

type Args = ArgsOf<typeof options>;

/** Predictions, and where they come from. */
interface Evaluated {
  readonly labelled: LabelledPredictions;
  readonly provenance: Provenance;
  /** Of new predictions: the data set as it is titled now, and what was left out of it. */
  readonly on?: Pick<EvaluatedRun, "dataset" | "kind"> & { readonly notes: readonly string[] };
  /** Of new predictions: as --out writes them. */
  readonly csv?: string;
  /** Of new predictions: those that are wrong, the most confident first, and the images that their rows are of. */
  readonly mistakes?: readonly FoundMistake[];
  readonly images?: Subset["images"];
}

export default defineCommand({
  options,
  facts: { evaluate: evaluateJson },
  examples: [
    ["evaluate --run 3f2a", "measures of the run whose id begins with 3f2a"],
    ["evaluate --run 3f2a --stored --report DIR", "from its files alone, as a report"],
    ["evaluate --run 3f2a --on ferplus", "on the test images of another data set"],
    [
      "evaluate --run 3f2a --hardest 24 --report DIR",
      "with its most confident mistakes as a sheet",
    ],
  ],
  async run(args) {
    const bootstrap = bootstrapOf(args);
    requireStoredAlone(args);
    if (args.stored) requireEngineEffect(args, { got: "--stored", expected: "new predictions" });
    const folder = await findRun(args.runs, args.run);
    const config = await classifierConfigOf(folder);
    if (args.out !== undefined) await requireWritableFile("out", args.out);
    await requireReport(args.report, [
      "evaluation",
      "confusion",
      ...(args.hardest ? ["hardest"] : []),
    ]);
    const {
      labelled,
      provenance,
      csv,
      on,
      mistakes = [],
      images,
    } = args.stored
      ? await storedPredictions(folder, config, args.runs)
      : await newPredictions(folder, config, args);

    const { split, weights } = args;
    const own = await evaluatedRunOf(folder, config, { split, weights });
    const title = args.on === undefined || !on ? own.title : `${own.title}, on ${on.dataset}`;
    const about = on ? { ...own, dataset: on.dataset, kind: on.kind, title } : own;
    const evaluation = evaluate(labelled, bootstrap);
    const hardest = args.hardest === undefined ? undefined : mistakes.slice(0, args.hardest);
    const measured = evaluationTable(about, evaluation, provenance);
    const table = { ...measured, notes: [...(on?.notes ?? []), ...measured.notes] };
    if (args.json) {
      const run = { ...namedRun(about, config), split, weights };
      writeJson(
        evaluateJson,
        evaluationFacts(
          run,
          evaluation,
          hardest?.map(({ row: _row, ...facts }) => facts),
        ),
      );
    } else {
      process.stdout.write(
        `run ${folder.id}, ${weights} weights, ${about.dataset} ${split}: ${formatCount(evaluation)}\n\n${toText(table)}`,
      );
    }
    if (args.out !== undefined && csv !== undefined) {
      await writeWhole(args.out, csv);
      say(`wrote ${args.out}`);
    }
    await writeReport(args.report, {
      "evaluation.md": toMarkdown(table),
      "evaluation.csv": toCsv(table),
      "evaluation.html": toHtml(table),
      "confusion.csv": toCsv(confusionTable(about, evaluation, provenance)),
      "hardest.csv": hardest && mistakesCsv(hardest),
      "hardest.png":
        hardest && images && hardest.length > 0 && args.report !== undefined
          ? await mistakesSheet(hardest, images, {
              title: about.title,
              synthetic: about.kind === "synthetic",
              wrong: mistakes.length,
            })
          : undefined,
    });
  },
});

function requireStoredAlone({ stored, weights, split, out, on, ...args }: Args): void {
  const { hardest, report, json } = args;
  if (hardest !== undefined && (stored || (report === undefined && !json))) {
    throw new CommandLineError(
      stored
        ? `--hardest ${hardest}: expected new predictions, since it shows the images, got --stored. Leave one of them out.`
        : `--hardest ${hardest}: expected --report or --json, which show them, got neither. Add one.`,
    );
  }
  if (stored && on !== undefined) {
    throw new CommandLineError(
      `--stored and --on ${on}: expected one of them, got both. A run stores predictions for its own test images alone.`,
    );
  }
  if (!stored || (weights === "validation-best" && split === "test" && out === undefined)) return;
  throw new CommandLineError(
    "--stored: expected no --out, --split or --weights with it, since predictions.csv holds the predictions for the test images with the validation-best weights. Leave it out to predict again.",
  );
}

/** Another data set than the run's, with the masks of a run that has control masks. */
async function openOther(
  name: DatasetName,
  { control, model, seed }: ClassifierConfig,
  sets: PreparedSets,
): Promise<PreparedData> {
  const data = await sets.get(name);
  return control ? maskImages(data, control, { model, seed }) : data;
}

async function storedPredictions(
  folder: RunFolder,
  config: ClassifierConfig,
  runsFolder: string,
): Promise<Evaluated> {
  const labelled = await readPredictions(folder);
  const data = describePredicted(config, "test", labelled.ids.length);
  const provenance = await evaluationProvenance([[folder.id, config]], runsFolder, data);
  return { labelled, provenance };
}

async function newPredictions(
  run: RunFolder,
  config: ClassifierConfig,
  args: Args,
): Promise<Evaluated> {
  const stored = "Name it; `evaluate --stored` needs none.";
  const scale = await scaleOfRun(run, config, args, stored);
  const progress = createProgress();
  const sets = createPreparedSets({ ...args, scale }, progress);
  const found = args.on === undefined ? findData(config, sets) : openOther(args.on, config, sets);
  const data = await found;
  const split = (await data.open())[args.split];
  progress.end();
  const backend = await openRequested(args);
  const classes = args.on === undefined ? data.classes : (await readPredictions(run)).classes;
  const { subset, notes } =
    args.on === undefined ? { subset: split, notes: [] } : sharedClasses(split, data, classes);
  const { weights, runs: runsFolder } = args;
  const predictions = await evaluateRun({ config, run, runsFolder, weights }, subset, backend);
  return {
    labelled: { classes, labels: subset.labels, predicted: predictions.predicted },
    provenance: await evaluationProvenance(
      [[run.id, config]],
      runsFolder,
      args.on === undefined ? describeData(data, config) : describeData(data),
      backend,
    ),
    csv: predictionsCsv(classes, subset, predictions),
    mistakes: mistakesOf(classes, subset, predictions),
    images: subset.images,
    on: { dataset: data.dataset.title, kind: dataKind(data.dataset), notes },
  };
}
