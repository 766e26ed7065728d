/** @file `pnpm exp export`: a finished run as one file that other programs run. */
import { stat } from "node:fs/promises";
import { parse, resolve } from "node:path";
import { CommandLineError, sum, UserError } from "@mvt/common";
import { writeWhole } from "@mvt/common/files";
import { describeModel, explanationAbouts, explanationNames, storagePrecisions } from "@mvt/core";
import { encodePortable, withMetadata } from "@mvt/core/portable";
import type { ExplanationName, StoragePrecision } from "@mvt/core";
import { createPreparedSets } from "../../data/prepared-sets.ts";
import type { Subset } from "../../data/prepared.ts";
import { openRequested } from "../../engine/engine.ts";
import { findData } from "../../studies/find-data.ts";
import { checkExport, tolerances } from "../../export/check-export.ts";
import type { Agreement } from "../../export/check-export.ts";
import { describeRun } from "../../export/describe-run.ts";
import type { Described } from "../../export/describe-run.ts";
import { exportProgram } from "../../export/export-program.ts";
import { exportTable } from "../export-table.ts";
import { writeSafetensors } from "../../export/write-safetensors.ts";
import { findRun } from "../../runs/run-folder.ts";
import { evaluateClassifier, openClassifier } from "../../training/evaluate-run.ts";
import { classifierConfigOf } from "../evaluation-report.ts";
import { defineCommand, wholeFrom } from "../command.ts";
import type { ArgsOf } from "../command.ts";
import { dataOptions, engineOptions, finishedRunOptions, output, runsOption } from "../options.ts";
import { createProgress } from "../progress.ts";
import { scaleOfRun } from "../request.ts";
import { generatorFolder } from "../../runs/mgn-file.ts";
import { requireWritableFile } from "../writable.ts";
import type { Predictions } from "../../runs/predictions.ts";

const options = {
  ...dataOptions,
  runs: runsOption,
  ...engineOptions,
  ...finishedRunOptions,
  out: { type: "string", group: output, describe: "the file [default: mvt-DATASET-ID.onnx]" },
  format: {
    choices: ["onnx", "safetensors"],
    default: "onnx",
    describe: "a model that any engine runs, or weights with timm's names",
  },
  input: {
    choices: ["bytes", "pixels"],
    default: "bytes",
    describe: "uint8 [B, S, S, 3], or normalised float32 [B, 3, S, S]",
  },
  precision: {
    choices: storagePrecisions,
    array: true,
    default: ["float32"] as readonly StoragePrecision[],
    describe: "how weights are stored; repeatable, a file for each",
  },
  explain: {
    choices: explanationNames,
    array: true,
    default: [] as readonly ExplanationName[],
    describe: `explanations that the model gives of its predictions, as further outputs; repeatable; ${explanationNames.map((name) => `${name}: ${explanationAbouts[name]}`).join("; ")}`,
  },
  tolerance: {
    type: "number",
    check: isTolerance,
    describe: `largest difference from the run's own predictions [default: ${storagePrecisions.map((p) => `${tolerances[p]} for ${p}`).join(", ")}]`,
  },
  first: {
    type: "number",
    check: wholeFrom(1),
    describe: "compare and measure on the first N test images [default: all]",
  },
} as const;

type Args = ArgsOf<typeof options>;

export default defineCommand({
  options,
  examples: [
    ["export --run 3f2a", "one ONNX file, compared with the run on its test images"],
    [
      "export --run 3f2a --precision float32 float16 int8",
      "three files, with their sizes and accuracies",
    ],
    ["export --run 3f2a --explain rollout", "with the relevance of every patch as an output"],
    ["export --run 3f2a --format safetensors", "weights for timm"],
  ],
  run,
});

function isTolerance(value: number): void {
  if (value > 0) return;
  throw new CommandLineError(`--tolerance ${value}: expected a number above 0.`);
}

async function run(args: Args): Promise<void> {
  if (args.format === "safetensors" && args.explain.length > 0) {
    throw new CommandLineError(
      `--explain ${args.explain[0]}: expected --format onnx, whose graph computes it, got safetensors, which hold weights alone. Leave it out.`,
    );
  }
  requireGraphOptions(args);
  const folder = await findRun(args.runs, args.run);
  const config = await classifierConfigOf(folder);
  const evaluation = { config, run: folder, runsFolder: args.runs, weights: args.weights };
  const out = args.out ?? `mvt-${config.data.dataset}-${folder.id}.${args.format}`;
  const wanted = args.format === "onnx" ? [...new Set(args.precision)] : [];
  const files = wanted.map((precision) => ({
    precision,
    path: wanted.length > 1 ? withPrecision(out, precision) : out,
  }));
  for (const path of [...files.map((file) => file.path), out]) {
    await requireWritableFile("out", path);
  }

  const progress = createProgress();
  const scale = await scaleOfRun(folder, config, args);
  const sets = createPreparedSets({ ...args, scale }, progress);
  const data = await findData(config, sets);
  progress.say("predicting with the run's own program");
  const opened = await openClassifier(evaluation);
  const subset = firstOf((await data.open()).test, args.first);
  const expected = await evaluateClassifier(opened, subset, await openRequested(args));
  progress.end();
  const result = await folder.result();
  const testLimited = subset.rows.length < data.test.rows.length;
  const described = {
    ...evaluation,
    data,
    opened,
    result,
    test: expected,
    testLimited,
  };
  if (args.format === "safetensors") {
    await writeSafetensors(described, out, (line) => void process.stdout.write(`${line}\n`));
    return;
  }

  // All are compared before the first is written.
  const models = [];
  for (const { precision, path } of files) {
    progress.say(`comparing ${precision}`);
    const checked = await checkedModel(described, precision, subset, expected, args);
    models.push({ precision, path, bytes: checked.model.length, ...checked });
  }
  for (const { path, model } of models) await writeWhole(resolve(path), model);
  progress.end();
  const own = [folder.path(`${args.weights}.safetensors`)];
  if (config.mgn) own.push(generatorFolder(config.mgn, folder, args.runs).path("mgn.safetensors"));
  const sizes = await Promise.all(own.map(async (path) => (await stat(path)).size));
  const bytes = sum(sizes);
  process.stdout.write(
    exportTable({
      id: folder.id,
      title: result?.title ?? `run ${folder.id}`,
      own: { bytes, ...expected },
      written: models,
    }),
  );
}

/** Throws a CommandLineError for an option that changes the graph where only the weights are written, as they are. */
function requireGraphOptions({ format, precision, input, tolerance }: Args): void {
  const given = Object.entries({
    precision: precision.find((name) => name !== "float32"),
    input: input === "bytes" ? undefined : input,
    tolerance,
  }).find(([, value]) => value !== undefined);
  if (format === "onnx" || given === undefined) return;
  throw new CommandLineError(
    `--${given[0]} ${given[1]}: expected --format onnx, got safetensors, which hold the weights as they were trained. Leave it out.`,
  );
}

/** The bytes of the file; throws a UserError where its predictions are not the run's. */
async function checkedModel(
  described: Described,
  precision: StoragePrecision,
  subset: Subset,
  expected: Predictions,
  args: Args,
): Promise<{ readonly model: Uint8Array; readonly agreement: Agreement }> {
  const { classifier, weights } = described.opened;
  const explain = [...new Set(args.explain)];
  const graph = encodePortable({
    program: (batchSize) => exportProgram(classifier, args.input, batchSize, explain),
    weights,
    precision,
  });
  const description = describeModel(describeRun(described, args.input, precision, explain));
  const model = withMetadata(graph, description);
  const agreement = await checkExport(model, subset, expected, args.threads);
  const tolerance = args.tolerance ?? tolerances[precision];
  for (const [what, value] of [
    ["probabilities", agreement.probabilities],
    ["masks", agreement.mask ?? 0],
  ] as const) {
    if (value <= tolerance) continue;
    throw new UserError(
      `export in ${precision}: expected ${what} within ${tolerance} of the run's own on ${agreement.n} test images, got a difference of ${value.toPrecision(3)}. Nothing was written; choose another --precision, or pass --tolerance if you accept it.`,
    );
  }
  const { k, n, probabilities, mask } = agreement;
  const measured = {
    k,
    n,
    largestDifference: { probabilities, mask },
  };
  return { model: withMetadata(model, { measured: JSON.stringify(measured) }), agreement };
}

/** "model.onnx" becomes "model.int8.onnx"; float32 keeps the plain name. */
function withPrecision(path: string, precision: StoragePrecision): string {
  if (precision === "float32") return path;
  const { dir, name, ext } = parse(path);
  return `${dir === "" ? "" : `${dir}/`}${name}.${precision}${ext}`;
}

function firstOf(subset: Subset, count: number | undefined): Subset {
  const { images, rows, ids, labels } = subset;
  return {
    images,
    rows: rows.subarray(0, count),
    ids: ids.slice(0, count),
    labels: labels.subarray(0, count),
  };
}
