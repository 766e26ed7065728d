/** @file `runs tensorboard`: the event files of finished runs, decoded here and read by a TensorBoard. */
import { cp, readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { sum } from "@mvt/common";
import { decodeSafetensors, encodeSafetensors } from "@mvt/core";
import { runCommand } from "@mvt/testing/command-line";
import type { Finished } from "@mvt/testing/command-line";
import { filesBelow, makeFolder, removeFolder } from "@mvt/testing/folder";
import { decodeEvents, hasTensorBoard, readWithTensorBoard } from "@mvt/testing/tensorboard";
import { beforeAll, describe, expect, test } from "vitest";
import { readChosen } from "../src/cli/chosen-runs.ts";
import { eventFolder } from "../src/cli/tensorboard-runs.ts";
import { valuesOf } from "../src/cli/tensorboard-values.ts";
import { readRunFacts } from "../src/runs/run-facts.ts";
import { readLabels } from "../src/runs/read-labels.ts";
import { readMetrics } from "../src/runs/read-metrics.ts";
import { epochMetrics, mgnMetrics } from "../src/runs/result.ts";
import type { ClassifierResult } from "../src/runs/result.ts";
import { openRun } from "../src/runs/run-folder.ts";
import type { RunFolder } from "../src/runs/run-folder.ts";
import { predictionsOf, writeRun } from "./fixtures/finished-run.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { trainedClassifier, trainedGenerator } from "./fixtures/trained-runs.ts";

const predictions = predictionsOf(["a surprise surprise"], ["surprise", "fear"]);

let folder: string;
let out: string;
let classifier: RunFolder;
let generator: RunFolder;
/** A run of one epoch, which is not finished. */
let unfinished: RunFolder;

let first: Finished;
/** Of the classifier while its last epoch was the one chosen on validation images: the steps of its weights. */
let stepsOfOne: ReadonlySet<number>;

/** Makes the first epoch, with weights of its own, the one that was chosen on validation images. */
async function chooseFirstEpoch(run: RunFolder): Promise<void> {
  const { weights } = decodeSafetensors((await run.read("last.safetensors"))!, "last");
  const others = [...weights].map(
    ([name, { shape, data }]) => [name, { shape, data: data.map((x) => 2 * x + 1) }] as const,
  );
  const result = (await run.result()) as ClassifierResult;
  const validation = { ...result.validation, epoch: 1 };
  await run.remove("manifest.json");
  await run.write("validation-best.safetensors", encodeSafetensors(new Map(others)));
  await run.write("result.json", JSON.stringify({ ...result, validation }));
}

beforeAll(async () => {
  folder = await makeFolder();
  out = join(folder, "runs/tensorboard");
  const runs = join(folder, "runs");
  classifier = await trainedClassifier(runs);
  generator = await trainedGenerator(runs, classifier);
  unfinished = openRun(runs, await writeRun(runs, { ...tinyConfig, seed: 9 }));
  const [line] = (await readFile(classifier.path("metrics.jsonl"), "utf8")).split("\n");
  await unfinished.write("metrics.jsonl", `${line}\n`);
  const [facts] = await readRunFacts(runs, [classifier.id]);
  const values = await valuesOf(await readChosen(runs, facts!));
  stepsOfOne = new Set(values.flatMap(({ tag, step }) => (tag.startsWith("weights/") ? step : [])));
  await chooseFirstEpoch(classifier);
  first = await tensorboard();
  return () => removeFolder(folder);
});

const tensorboard = (...args: readonly string[]) =>
  runCommand(["runs", "tensorboard", ...args], folder);

/** What the command wrote of the run. */
async function eventsOf(run: RunFolder) {
  const files = (await filesBelow(out)).filter((path) => dirname(path).endsWith(` ${run.id}`));
  expect(files.map((path) => basename(path))).toEqual(["events.out.tfevents.mvt"]);
  return decodeEvents(await readFile(join(out, files[0]!)));
}

/** [step, value] of each of these tags' scalars, as 32-bit floats. */
function expectScalars(
  events: ReturnType<typeof decodeEvents>,
  expected: Readonly<Record<string, readonly number[]>>,
) {
  const scalars = events.filter(({ scalar }) => scalar !== undefined);
  expect(scalars.map(({ tag, step, scalar }) => [tag, step, scalar])).toEqual(
    Object.entries(expected).flatMap(([tag, values]) =>
      values.map((value, i) => [tag, i + 1, Math.fround(value)]),
    ),
  );
}

/** By plugin, of a value that TensorBoard shows: the scalar, the bytes of a PNG, or how many values a histogram counts. */
const shownAs = {
  scalars: (value: unknown) => value,
  images: (value: unknown) => (value as readonly unknown[])[2],
  histograms: (value: unknown) =>
    sum((value as readonly (readonly number[])[]).map(([, , count]) => count!)),
} as const;

describe("runs tensorboard", () => {
  test("writes every finished run, and says how to see them", async () => {
    expect(first).toEqual({
      exitCode: 0,
      stdout:
        "wrote 2 runs into runs/tensorboard; `tensorboard --logdir runs/tensorboard` shows them\n",
      stderr: "",
    });
    const results = await Promise.all([classifier, generator].map((run) => run.result()));
    expect((await readdir(out)).toSorted()).toEqual(
      results.map((result) => eventFolder({ ...result!, differs: [] })).toSorted(),
    );
  });

  test("names runs of one title by what sets them apart, in at most 255 bytes", () => {
    const named = (differs: readonly string[], title = "RAF-DB, seed 0") =>
      eventFolder({ id: "0123456789ab", title, differs: [...differs] });
    expect(named([])).toBe("RAF-DB, seed 0 0123456789ab");
    expect(named(["training.schedule.learningRate=0.001"])).toBe(
      "RAF-DB, seed 0, training.schedule.learningRate=0.001 0123456789ab",
    );
    const long = named(["a=1"], "画".repeat(300));
    expect(long).toMatch(/^画{66} 0123456789ab$/u);
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(255);
  });

  test("has every measure of a classifier's epochs", async () => {
    const epochs = await readMetrics(classifier, epochMetrics);
    expect(epochs).toHaveLength(2);
    expectScalars(await eventsOf(classifier), {
      "training/learning_rate": epochs.map(({ learningRate }) => learningRate),
      "training/loss": epochs.map(({ loss }) => loss),
      "accuracy/train": epochs.map(({ train }) => train.k / train.n),
      "accuracy/validation": epochs.map(({ validation }) => validation.k / validation.n),
      "accuracy/test": epochs.map(({ test: tested }) => tested!.k / tested!.n),
      "training/relabelled": epochs.map(({ relabelled }) => relabelled),
    });
  });

  test("has every measure of a mask generator's epochs", async () => {
    const epochs = await readMetrics(generator, mgnMetrics);
    expectScalars(await eventsOf(generator), {
      "loss/discriminator": epochs.map(({ LD }) => LD),
      "loss/generator": epochs.map(({ LG }) => LG),
      "loss/variance": epochs.map(({ variance }) => variance),
      "loss/area": epochs.map(({ area }) => area),
      "accuracy/generated": epochs.map(({ accuracyGm }) => accuracyGm),
      "accuracy/random": epochs.map(({ accuracyRm }) => accuracyRm),
      "masks/area": epochs.map(({ meanArea }) => meanArea),
      "masks/spread": epochs.map(({ spread }) => spread),
      "masks/bimodality": epochs.map(({ bimodality }) => bimodality),
      "masks/position": epochs.map(({ positionShare }) => positionShare),
    });
  });

  test.for([
    ["validation-best.safetensors", 1],
    ["last.safetensors", 2],
  ] as const)("has the weights of %s at epoch %i", async ([file, epoch]) => {
    const { weights } = decodeSafetensors((await classifier.read(file))!, file);
    const found = (await eventsOf(classifier)).filter(
      ({ tag, step }) => tag.startsWith("weights/") && step === epoch,
    );
    expect(found.map(({ tag, histogram }) => [tag, histogram!.count, histogram!.max])).toEqual(
      [...weights].map(([name, { data }]) => [`weights/${name}`, data.length, Math.max(...data)]),
    );
    for (const { histogram } of found) expect(sum(histogram!.counts)).toBe(histogram!.count);
  });

  test("has weights once where the last epoch was the chosen one", () => {
    expect(stepsOfOne).toEqual(new Set([2]));
  });

  test("has the weights of a mask generator", async () => {
    const { weights } = decodeSafetensors((await generator.read("mgn.safetensors"))!, "mgn");
    const found = (await eventsOf(generator)).filter(({ histogram }) => histogram);
    expect(found.map(({ tag, step }) => `${tag} ${step}`).toSorted()).toEqual(
      [...weights.keys()].map((name) => `weights/${name} 1`).toSorted(),
    );
  });

  test("has the scores of the labels", async () => {
    const lines = await readLabels(classifier);
    const found = (await eventsOf(classifier)).filter(({ tag }) => tag.startsWith("scores/"));
    expect(found.map(({ tag, step }) => [tag, step])).toEqual([
      ["scores/self_confidence", 2],
      ["scores/normalized_margin", 2],
      ["scores/aum", 2],
    ]);
    const aum = lines.flatMap(({ scores }) => scores.aum ?? []);
    expect(found[2]!.histogram).toMatchObject({
      count: aum.length,
      min: Math.min(...aum),
      max: Math.max(...aum),
    });
  });

  test("has the confusion matrix, at the epoch whose weights made it", async () => {
    const images = (await eventsOf(classifier)).filter(({ png }) => png);
    expect(images.map(({ tag, step }) => [tag, step])).toEqual([["confusion/test", 1]]);
    expect(Buffer.from(images[0]!.png!.subarray(1, 4)).toString()).toBe("PNG");
  });

  test.skipIf(!hasTensorBoard())(
    "is read by TensorBoard, value by value",
    async () => {
      const shown = readWithTensorBoard(out);
      for (const run of [classifier, generator]) {
        const { title } = (await run.result())!;
        const tags = shown[eventFolder({ id: run.id, title, differs: [] })]!;
        const events = await eventsOf(run);
        expect(Object.keys(tags).toSorted()).toEqual(
          [...new Set(events.map(({ tag }) => tag))].toSorted(),
        );
        for (const [tag, { plugin, values }] of Object.entries(tags)) {
          expect(values.map(([step, value]) => [step, shownAs[plugin](value)])).toEqual(
            events
              .filter((event) => event.tag === tag)
              .map(({ step, scalar, png, histogram }) => [
                step,
                scalar ?? png?.length ?? histogram!.count,
              ]),
          );
        }
      }
    },
    120_000,
  );

  test("replaces its files when it is repeated", async () => {
    const read = async () =>
      Promise.all(
        (await filesBelow(out)).map(async (path) => [path, await readFile(join(out, path))]),
      );
    const before = await read();
    await tensorboard();
    expect(await read()).toEqual(before);
  });

  test("writes an unfinished run that is named as far as it is, and again under its title when it is finished", async () => {
    const events = join(folder, "events");
    const { stdout } = await tensorboard(unfinished.id.slice(0, 8), "--out", "events");
    expect(stdout).toBe("wrote 1 run into events; `tensorboard --logdir events` shows them\n");
    const [file] = await filesBelow(events);
    const values = decodeEvents(await readFile(join(events, file!)));
    expect(new Set(values.map(({ step }) => step))).toEqual(new Set([1]));
    expect(values.map(({ tag }) => tag)).toContain("training/loss");

    const result = {
      ...(await classifier.result())!,
      id: unfinished.id,
      title: "a/title: δ = 0.2",
    };
    await cp(classifier.folder, unfinished.folder, {
      recursive: true,
      filter: (path) => basename(path) !== "config.json",
    });
    await unfinished.write("result.json", JSON.stringify(result));
    await tensorboard(unfinished.id, "--out", "events");
    expect(await readdir(events)).toEqual([`a_title_ δ = 0.2 ${unfinished.id}`]);
  });

  test("leaves out a damaged run, and refuses one that is named", async () => {
    const damaged = await writeRun(join(folder, "others"), { ...tinyConfig, seed: 8 }, predictions);
    await cp(classifier.folder, join(folder, "others", classifier.id), { recursive: true });
    await openRun(join(folder, "others"), damaged).write("metrics.jsonl", "{}\n");
    const reason = `${join("others", damaged, "metrics.jsonl")}:1: expected the measures of epoch 1, found something else. Remove the run's folder to train it again.`;
    const all = await tensorboard("--runs", "others");
    expect(all.stderr).toBe(`left out run ${damaged}: ${reason}\n`);
    expect(all.stdout).toMatch(/^wrote 1 run into others\/tensorboard;/);
    expect(await tensorboard(damaged, "--runs", "others")).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `error: ${reason}\n`,
    });
  });

  test.for([
    {
      what: "a folder without finished runs",
      args: ["tensorboard", "--runs", "none"],
      message:
        "runs tensorboard: expected finished runs in none, found none. Train some first, or name unfinished ones by the beginnings of their ids.",
    },
    {
      what: "--metric, which is of plot",
      args: ["tensorboard", "--metric", "loss"],
      message:
        "--metric: expected it with `runs plot`, got it with `runs tensorboard`. Leave it out.",
    },
    {
      what: "--out with an action that writes nothing",
      args: ["list", "--out", "here"],
      message:
        "--out: expected it with `runs plot` or `runs tensorboard`, got it with `runs list`. Leave it out.",
    },
  ])("refuses $what", async ({ args, message }) => {
    const { stdout, stderr } = await runCommand(["runs", ...args], folder);
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: `error: ${message}\n` });
  });
});
