/**
 * @file `pnpm exp bench`: a training step of DeiT, beside the time its matrix products alone take; and
 * `bench predict`: how fast an exported model answers.
 */
import { availableParallelism } from "node:os";
import { deit } from "@mvt/core";
import type { Argv } from "yargs";
import { kernelSeconds } from "../../bench/kernel-time.ts";
import { median } from "../../bench/median.ts";
import { formatProduct, productsOf } from "../../bench/products.ts";
import type { Product } from "../../bench/products.ts";
import { timePrediction, untrainedModel } from "../../bench/prediction.ts";
import { openStep } from "../../bench/training-step.ts";
import { declareClassifier, trainingProgram } from "../../training/programs.ts";
import { openModel } from "../../predict/open-model.ts";
import { engineName } from "../../engine.ts";
import { backendOf, requirePositive, engineOptions } from "../options.ts";
import { createProgress } from "../progress.ts";

export function builder(cli: Argv) {
  return cli
    .positional("what", {
      choices: ["train", "predict"] as const,
      default: "train" as const,
      describe: "training steps, or the answers of an exported model",
    })
    .options(engineOptions)
    .options({
      variant: {
        choices: Object.keys(deit.variants) as deit.Variant[],
        default: "S/16" as const,
        describe: "which DeiT",
      },
      batch: { type: "number", default: 8, describe: "images per step" },
      steps: {
        type: "number",
        default: 6,
        describe: "steps timed before and again after the floor",
      },
    })
    .example("$0 bench", "forward, backward and AdamW of DeiT-S at 224 x 224")
    .options({
      model: {
        type: "string",
        describe: "of predict: a file of `pnpm exp export` [default: an untrained DeiT]",
      },
      images: { type: "number", default: 256, describe: "of predict: pictures at once" },
    })
    .example("$0 bench --batch 32", "the paper's batch")
    .example("$0 bench predict --model mvt.onnx", "one picture's latency, throughput of 256");
}

type Args = Awaited<ReturnType<typeof builder>["argv"]>;

export async function run(args: Args): Promise<void> {
  if (args.what === "predict") return benchPredict(args);
  return benchTraining(args);
}

async function benchPredict(args: Args): Promise<void> {
  requirePositive("images", args.images);
  requirePositive("threads", args.threads);
  const threads = args.threads ?? availableParallelism();
  const model = { ...deit.variants[args.variant], classes: 7 };
  const mvt =
    args.model === undefined
      ? await untrainedModel(model, { threads })
      : await openModel(args.model, { threads });
  const { preprocessing, precision, mask } = mvt.description;
  const { imageSize: S } = preprocessing;
  const { latency, throughput, images } = await timePrediction(mvt, args.images);
  await mvt.dispose();
  const ms = (seconds: number) => `${(1000 * seconds).toFixed(1)} ms`;
  process.stdout.write(
    [
      `${args.model ?? `DeiT ${args.variant}, untrained`}: ${S} x ${S}, ${precision}${mask ? ", with masks" : ""}, CPU, ${threads} threads`,
      `one picture  ${ms(latency.median)} median (fastest ${ms(latency.least)}, slowest ${ms(latency.most)})`,
      `${images} pictures  ${throughput.toFixed(1)} images/s`,
      "",
    ].join("\n"),
  );
}

async function benchTraining(args: Args): Promise<void> {
  requirePositive("batch", args.batch);
  requirePositive("steps", args.steps);
  const progress = createProgress();
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const model = { ...deit.variants[args.variant], classes: 7 };
  const backend = await backendOf(args);
  const threads = args.threads ?? availableParallelism();
  print(
    `DeiT ${args.variant}, ${model.imageSize} x ${model.imageSize}, batch ${args.batch}: forward, backward, AdamW, float32`,
  );
  print(`${engineName(backend)}, ${threads} threads`);

  const step = await openStep(backend, model, { batchSize: args.batch, adamw: {} });
  progress.say("timing steps");
  const before = await step.time(args.steps);
  progress.say("timing the step's matrix products, each alone");
  const program = trainingProgram(declareClassifier(model), { batchSize: args.batch, adamw: {} });
  const floor = await timeProducts(productsOf(program), threads, print);
  progress.say("timing steps again");
  const seconds = [...before, ...(await step.time(args.steps))];
  await step.dispose();

  // Noise on a shared machine only ever adds time, so the fastest step stands beside the median.
  const typical = median(seconds);
  const best = Math.min(...seconds);
  const rate = (s: number) => (args.batch / s).toFixed(2);
  print(
    `step    ${typical.toFixed(3)} s median of ${seconds.length} (fastest ${best.toFixed(3)}, slowest ${Math.max(...seconds).toFixed(3)}): ${rate(typical)} images/s`,
  );
  print(`floor   ${floor.toFixed(3)} s: ${rate(floor)} images/s`);
  print(
    `floor / step = ${(floor / typical).toFixed(2)} (fastest step ${(floor / best).toFixed(2)})`,
  );
}

/** Seconds of all products together, each with the number of threads that suits it best. */
async function timeProducts(
  products: readonly Product[],
  threads: number,
  print: (line: string) => void,
): Promise<number> {
  const settings = [...new Set([1, threads])];
  let total = 0;
  for (const product of products.toSorted((a, b) => b.count * b.flop - a.count * a.flop)) {
    const times: { readonly threads: number; readonly seconds: number }[] = [];
    for (const setting of settings) {
      times.push({ threads: setting, seconds: await kernelSeconds(product, setting) });
    }
    const best = times.reduce((a, b) => (b.seconds < a.seconds ? b : a));
    total += product.count * best.seconds;
    const speed = product.flop / best.seconds / 1e9;
    print(
      `  ${String(product.count).padStart(3)} x ${formatProduct(product).padEnd(48)} ${(best.seconds * 1000).toFixed(2).padStart(8)} ms  ${speed.toFixed(0).padStart(4)} GFLOP/s  ${best.threads} threads`,
    );
  }
  return total;
}
