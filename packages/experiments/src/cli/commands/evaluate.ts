/** @file `pnpm exp evaluate`: a finished run's answers, anew. */
import { decodeSafetensors, WeightsError } from "@mvt/core";
import type { Weights } from "@mvt/core";
import type { Argv } from "yargs";
import { writeAtomically } from "../../runs/atomic-write.ts";
import { findRun, openRun, readConfig } from "../../runs/store.ts";
import type { RunFolder } from "../../runs/store.ts";
import { evaluationBatchSize, predict } from "../../training/evaluation.ts";
import { predictionsCsv } from "../../training/predictions-csv.ts";
import { declareClassifier, evaluationProgram, withFrozen } from "../../training/programs.ts";
import { readMgn } from "../../training/read-mgn.ts";
import { UsageError } from "../../usage-error.ts";
import { backendOf, dataOptions, runOptions, scaleOf } from "../options.ts";
import { createProgress } from "../progress.ts";
import { formatCount } from "../result.ts";
import { workbenchOf } from "../workbench.ts";
import { requireWritableFile } from "../writable.ts";

export function builder(cli: Argv) {
  const { runs, backend, device, threads } = runOptions;
  return cli
    .options({ ...dataOptions, runs, backend, device, threads })
    .options({
      run: { type: "string", demandOption: true, describe: "the beginning of a run's id" },
      weights: {
        choices: ["validation-best", "last"] as const,
        default: "validation-best" as const,
        describe: "which of the run's weights",
      },
      split: {
        choices: ["test", "validation"] as const,
        default: "test" as const,
        describe: "which images",
      },
      out: { type: "string", describe: "write the predictions of every image to this CSV file" },
    })
    .example("$0 evaluate --run 3f2a", "test accuracy of the run whose id begins with 3f2a");
}

export async function run(args: Awaited<ReturnType<typeof builder>["argv"]>): Promise<void> {
  const folder = await findRun(args.runs, args.run);
  const config = await readConfig(folder);
  if (config.kind !== "classifier") {
    throw new UsageError(
      `run ${folder.id}: expected a classifier, found a mask generator. Evaluate a classifier that it masks.`,
    );
  }
  if (args.out !== undefined) await requireWritableFile("out", args.out);
  const progress = createProgress();
  const workbench = workbenchOf(args, { scale: scaleOf(args), progress });
  const data = await workbench.dataOf(config);
  progress.end();
  const weights = await readWeights(folder, `${args.weights}.safetensors`);
  const { mgn, model } = config;
  const classifier = declareClassifier(
    model,
    mgn && {
      file: await readMgn(openRun(args.runs, mgn.run), config.data.dataset, model),
      form: mgn.form,
    },
  );
  const batchSize = evaluationBatchSize(model.imageSize);
  const engine = await backendOf(args);
  const executable = await engine.compile(evaluationProgram(classifier, batchSize));
  await executable.writeState(withFrozen(classifier, weights));
  const subset = data[args.split];
  const answers = await predict(executable, subset, { batchSize, classes: model.classes });
  await executable.dispose();
  process.stdout.write(
    `run ${folder.id}, ${args.weights} weights, ${data.dataset.title} ${args.split}: ${formatCount(answers)}\n`,
  );
  if (args.out !== undefined) {
    await writeAtomically(args.out, predictionsCsv(data.classes, subset, answers));
    process.stdout.write(`wrote ${args.out}\n`);
  }
}

async function readWeights(
  folder: RunFolder,
  file: "validation-best.safetensors" | "last.safetensors",
): Promise<Weights> {
  const bytes = await folder.read(file);
  if (bytes === undefined) {
    throw new UsageError(
      `run ${folder.id}: expected ${file}, found none, since the run is not finished. Repeat the command that began it.`,
    );
  }
  try {
    return decodeSafetensors(bytes, folder.path(file)).weights;
  } catch (error) {
    if (!(error instanceof WeightsError)) throw error;
    throw new UsageError(`${error.message}. Remove the run's folder to train it again.`);
  }
}
