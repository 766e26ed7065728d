/** @file `pnpm exp evaluate`: a finished run's answers, anew or as it left them, and what they are worth. */
import type { Argv } from "yargs";
import { confusionTable, evaluate, evaluationTable, toCsv, toMarkdown, toText } from "@mvt/report";
import type { LabelledPredictions, Provenance } from "@mvt/report";
import type { ClassifierConfig } from "../../config.ts";
import { writeAtomically } from "../../runs/atomic-write.ts";
import { describeData } from "../../runs/provenance.ts";
import { findRun } from "../../runs/store.ts";
import type { RunFolder } from "../../runs/store.ts";
import { evaluateRun } from "../../training/evaluate-run.ts";
import { predictionsCsv, readPredictions } from "../../training/predictions-csv.ts";
import { CommandLineError } from "../../usage-error.ts";
import {
  bootstrapOf,
  classifierConfigOf,
  describeAnswered,
  evaluatedRunOf,
  measureOptions,
  measureProvenance,
  requireReport,
  writeReport,
} from "../measures.ts";
import {
  backendOf,
  dataOptions,
  engineOptions,
  finishedRunOptions,
  runOptions,
  scaleOf,
} from "../options.ts";
import { createProgress } from "../progress.ts";
import { formatCount } from "../result.ts";
import { workbenchOf } from "../workbench.ts";
import { requireWritableFile } from "../writable.ts";

export function builder(cli: Argv) {
  const { runs } = runOptions;
  return cli
    .options({ ...dataOptions, runs, ...engineOptions })
    .options({
      ...finishedRunOptions,
      split: {
        choices: ["test", "validation"] as const,
        default: "test" as const,
        describe: "which images",
      },
      stored: {
        type: "boolean",
        default: false,
        describe: "measure the predictions.csv that the run wrote; needs neither data nor engine",
      },
      out: { type: "string", describe: "write the predictions of every image to this CSV file" },
    })
    .options(measureOptions)
    .example("$0 evaluate --run 3f2a", "measures of the run whose id begins with 3f2a")
    .example("$0 evaluate --run 3f2a --stored --report DIR", "from its files alone, as a report");
}

type Args = Awaited<ReturnType<typeof builder>["argv"]>;

/** LabelledPredictions, and where they come from. */
interface Answered {
  readonly answers: LabelledPredictions;
  readonly provenance: Provenance;
  /** Of answers anew: as --out writes them. */
  readonly csv?: string;
}

export async function run(args: Args): Promise<void> {
  const bootstrap = bootstrapOf(args);
  requireStoredAlone(args);
  const folder = await findRun(args.runs, args.run);
  const config = await classifierConfigOf(folder);
  if (args.out !== undefined) await requireWritableFile("out", args.out);
  await requireReport(args.report, ["evaluation", "confusion"]);
  const { answers, provenance, csv } = args.stored
    ? await storedAnswers(folder, config)
    : await newAnswers(folder, config, args);

  const { split, weights } = args;
  const about = await evaluatedRunOf(folder, config, { split, weights });
  const evaluation = evaluate(answers, bootstrap);
  const table = evaluationTable(about, evaluation, provenance);
  process.stdout.write(
    `run ${folder.id}, ${weights} weights, ${about.dataset} ${split}: ${formatCount(evaluation)}\n\n${toText(table)}`,
  );
  if (args.out !== undefined && csv !== undefined) {
    await writeAtomically(args.out, csv);
    process.stdout.write(`wrote ${args.out}\n`);
  }
  await writeReport(args.report, {
    "evaluation.md": toMarkdown(table),
    "evaluation.csv": toCsv(table),
    "confusion.csv": toCsv(confusionTable(about, evaluation, provenance)),
  });
}

function requireStoredAlone({ stored, weights, split, out }: Args): void {
  if (!stored || (weights === "validation-best" && split === "test" && out === undefined)) return;
  throw new CommandLineError(
    "--stored: expected no --out, --split or --weights beside it, since predictions.csv holds the answers for the test images with the validation-best weights. Leave it out to ask the model anew.",
  );
}

async function storedAnswers(folder: RunFolder, config: ClassifierConfig): Promise<Answered> {
  const answers = await readPredictions(folder);
  const data = describeAnswered(config, "test", answers.ids.length);
  return { answers, provenance: measureProvenance([config.seed], data) };
}

async function newAnswers(
  folder: RunFolder,
  config: ClassifierConfig,
  args: Args,
): Promise<Answered> {
  const progress = createProgress();
  const data = await workbenchOf(args, { scale: scaleOf(args), progress }).dataOf(config);
  progress.end();
  const backend = await backendOf(args);
  const subset = data[args.split];
  const { weights, runs: runsFolder } = args;
  const predictions = await evaluateRun(
    { config, run: folder, runsFolder, weights },
    subset,
    backend,
  );
  return {
    answers: { classes: data.classes, labels: subset.labels, predicted: predictions.predicted },
    provenance: measureProvenance([config.seed], describeData(data), backend),
    csv: predictionsCsv(data.classes, subset, predictions),
  };
}
