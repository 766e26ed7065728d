/** @file `pnpm exp evaluate`: a finished run's answers, anew. */
import { decodeSafetensors } from "@mvt/core";
import type { Argv } from "yargs";
import { writeAtomically } from "../../runs/atomic-write.ts";
import { findRun, readConfig } from "../../runs/store.ts";
import { evaluationBatchSize, predict } from "../../training/evaluation.ts";
import { predictionsCsv } from "../../training/predictions-csv.ts";
import { declareClassifier, evaluationProgram } from "../../training/programs.ts";
import { UsageError } from "../../usage-error.ts";
import { backendOf, dataOptions, runOptions, scaleOf } from "../options.ts";
import { createProgress } from "../progress.ts";
import { formatCount } from "../result.ts";
import { workbenchOf } from "../workbench.ts";

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
  const progress = createProgress();
  const workbench = workbenchOf(args, { scale: scaleOf(args), progress });
  const data = await workbench.dataOf(config);
  const file = `${args.weights}.safetensors` as const;
  const bytes = await folder.read(file);
  if (bytes === undefined) {
    throw new UsageError(
      `run ${folder.id}: expected ${file}, found none, since the run is not finished. Repeat the command that began it.`,
    );
  }
  const batchSize = evaluationBatchSize(config.model.imageSize);
  const engine = await backendOf(args);
  const executable = await engine.compile(
    evaluationProgram(declareClassifier(config.model), batchSize),
  );
  await executable.writeState(decodeSafetensors(bytes, folder.path(file)).weights);
  const subset = data[args.split];
  const answers = await predict(executable, subset, { batchSize, classes: config.model.classes });
  await executable.dispose();
  process.stdout.write(
    `run ${folder.id}, ${args.weights} weights, ${data.dataset.title} ${args.split}: ${formatCount(answers)}\n`,
  );
  if (args.out !== undefined) {
    await writeAtomically(args.out, predictionsCsv(data.classes, subset, answers));
    process.stdout.write(`wrote ${args.out}\n`);
  }
}
