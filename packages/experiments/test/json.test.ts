/** @file --json: stdout is one JSON value of the documented shape, and is empty where a command fails. */
import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeSafetensors } from "@mvt/core";
import { runsListJson, runShowJson } from "@mvt/experiments";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { refuses } from "@mvt/testing/mistakes";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { writeJson } from "../src/cli/json-output.ts";
import { dataCheckJson } from "../src/evaluation/check-facts.ts";
import { compareJson, evaluateJson } from "../src/evaluation/evaluation-facts.ts";
import { labelsJson } from "../src/evaluation/label-facts.ts";
import { predictJson } from "../src/predict/prediction-facts.ts";
import { weightsShowJson } from "../src/pretrained/weights-facts.ts";
import { planJson } from "../src/runs/plan-facts.ts";
import { runsVerifyJson } from "../src/runs/verify-run.ts";
import { doctorJson } from "../src/training/doctor-facts.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { predictionsOf, writeRun } from "./fixtures/finished-run.ts";
import { nanoWeights } from "./fixtures/nano-weights.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { trainedClassifier } from "./fixtures/trained-runs.ts";
import { writeUntrainedRun } from "./fixtures/untrained-run.ts";

/** Holds data/raf-db; runs with a trained classifier that relabels and an untrained one; two/ with two finished runs. */
let folder: string;
let relabelled: string;
let untrained: string;
let [a, b] = ["", ""];

beforeAll(async () => {
  folder = await makeFolder();
  const faces = await drawFaces(join(folder, "data"), "raf-db");
  const runs = join(folder, "runs");
  relabelled = (await trainedClassifier(runs)).id;
  untrained = await writeUntrainedRun(runs, faces, true);
  const two = join(folder, "two");
  const classes = ["surprise", "fear", "anger"];
  const images = ["1 surprise surprise", "2 fear surprise", "3 fear fear"];
  a = await writeRun(two, tinyConfig, predictionsOf(images, classes));
  b = await writeRun(
    two,
    { ...tinyConfig, seed: 1 },
    predictionsOf(images.with(1, "2 fear fear"), classes),
  );
  await writeFile(join(folder, "deit.safetensors"), encodeSafetensors(nanoWeights()));
  return () => removeFolder(folder);
}, 120_000);

/** Runs a command with --json; stdout must be what `JSON.stringify` makes of facts that `schema` accepts, and no more. */
async function factsOf<Schema extends z.ZodType>(
  schema: Schema,
  args: string,
  exitCode = 0,
): Promise<z.output<Schema>> {
  const finished = await runCommand([...args.split(" "), "--json"], folder);
  expect(finished).toMatchObject({ exitCode });
  const facts: unknown = JSON.parse(finished.stdout);
  expect(finished.stdout).toBe(`${JSON.stringify(facts, null, 2)}\n`);
  expect(finished.stdout).not.toContain(": null");
  return schema.parse(facts);
}

const slowly = { timeout: 60_000 };

describe("--json", () => {
  test("of runs list and show", slowly, async () => {
    const ids = (await factsOf(runsListJson, "runs list")).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([relabelled, untrained]));
    const shown = await factsOf(runShowJson, `runs show ${relabelled}`);
    expect([shown.config["seed"], shown.result?.["kind"]]).toEqual([0, "classifier"]);
  });

  test(
    "of runs verify counts again, and names what is damaged, with exit code 1",
    slowly,
    async () => {
      const [whole] = await factsOf(runsVerifyJson, `runs verify ${relabelled}`);
      expect(whole).toEqual({
        id: relabelled,
        state: "verified",
        files: 9,
        test: { k: expect.any(Number) as number, n: 9 },
      });
      const runs = await temporaryFolder(onTestFinished);
      const { id } = await trainedClassifier(runs);
      await truncate(join(runs, id, "predictions.csv"), 10);
      const [cut] = await factsOf(runsVerifyJson, `runs verify --runs ${runs}`, 1);
      expect(cut).toMatchObject({ id, state: "damaged" });
      expect(cut!.problem).toContain("predictions.csv");
    },
  );

  test(
    "of evaluate has counts, fractions with intervals, and no F1 of a class that never occurs",
    slowly,
    async () => {
      const facts = await factsOf(
        evaluateJson,
        `evaluate --runs two --run ${a} --stored --resamples 50`,
      );
      expect(facts).toMatchObject({
        id: a,
        dataset: "raf-db",
        split: "test",
        right: { k: 2, n: 3 },
        confusion: [
          [1, 0, 0],
          [1, 1, 0],
          [0, 0, 0],
        ],
        resamples: 50,
      });
      expect(facts.accuracy.value).toBeCloseTo(2 / 3);
      expect(facts.accuracy.low).toBeLessThan(facts.accuracy.high!);
      expect(facts.classes.map(({ f1 }) => f1 === undefined)).toEqual([false, false, true]);
    },
  );

  test("of evaluate predicts with progress and files named on stderr", slowly, async () => {
    const args = `evaluate --run ${untrained} --scale smoke --data data --resamples 10 --out out.csv --report report`;
    const facts = await factsOf(evaluateJson, args);
    expect([facts.right.n, facts.dataset]).toEqual([30, "raf-db"]);
    expect(await readFile(join(folder, "out.csv"), "utf8")).toContain("test_0001");
  });

  test("of compare has both runs and the pair, second minus first", slowly, async () => {
    const facts = await factsOf(
      compareJson,
      `compare --runs two --run ${a} --run ${b} --resamples 50`,
    );
    expect(facts.n).toBe(3);
    expect(facts.runs.map(({ id, accuracy }) => [id, accuracy.value])).toEqual([
      [a, 2 / 3],
      [b, 1],
    ]);
    expect(facts.pairs).toMatchObject([
      { first: a, second: b, both: 2, onlyFirst: 0, onlySecond: 1, neither: 0, p: 1 },
    ]);
    expect(facts.pairs[0]!.accuracy.value).toBeCloseTo(1 / 3);
  });

  test("of labels ranks the images", slowly, async () => {
    const args = `labels --run ${relabelled} --top 2 --sheet 0 --out labels`;
    const facts = await factsOf(labelsJson, args);
    expect(facts).toMatchObject({ id: relabelled, relabels: true });
    expect(facts.ranked).toHaveLength(2);
    expect(facts.ranked[0]!.scores).toHaveLength(facts.scores.length);
    expect(facts.scores[0]!.wrong!.k).toBeGreaterThan(0);
    expect(facts.changed).toBeGreaterThan(0);
  });

  test(
    "of predict has every image, and those that cannot be read, with exit code 1",
    slowly,
    async () => {
      const data = "--scale smoke --data data";
      await runCommand(
        `export --run ${untrained} ${data} --first 2 --out m.onnx`.split(" "),
        folder,
      );
      await writeFile(join(folder, "broken.jpg"), "no picture");
      const face = "data/raf-db/Image/aligned/test_0001_aligned.jpg";
      const facts = await factsOf(predictJson, `predict --model m.onnx ${face} broken.jpg`, 1);
      expect(facts.images.map(({ image }) => image)).toEqual([face]);
      expect(facts.unreadable.map(({ image }) => image)).toEqual(["broken.jpg"]);
      const [{ probabilities, probability, expression, mask }] = facts.images as [
        (typeof facts.images)[number],
      ];
      expect(probabilities[expression]).toBe(probability);
      expect(mask!.length).toBeGreaterThan(0);
    },
  );

  test(
    "of data check has a row per count, and says of a set that is not there why",
    slowly,
    async () => {
      const args = "data check --data data --datasets raf-db,ferplus";
      const [there, missing] = await factsOf(dataCheckJson, args, 1);
      expect(there).toMatchObject({ name: "raf-db", ok: true, synthetic: true });
      expect(there!.rows!.find(({ what }) => what === "test")!.found).toBe(30);
      expect(missing).toMatchObject({ name: "ferplus", ok: false });
      expect(missing!.problem).toContain("FERPlus");
    },
  );

  test("of weights show has what becomes of every array", slowly, async () => {
    const args = "weights show deit.safetensors --scale quick";
    const facts = await factsOf(weightsShowJson, args);
    expect(facts).toMatchObject({ network: { backbone: "deit", classes: 1000 } });
    const fates = new Map(facts.arrays.map(({ name, fate }) => [name, fate]));
    expect([fates.get("cls_token"), fates.get("head.weight")]).toEqual(["loaded", "skipped"]);
  });

  test("of doctor says that a step works, and how fast", slowly, async () => {
    const facts = await factsOf(doctorJson, "doctor");
    expect(facts.engine.device).toBe("cpu");
    expect(facts.step.works).toBe(true);
    expect(facts.step.imagesPerSecond).toBeGreaterThan(0);
  });

  test("of a plan has every run, and what the missing ones take", slowly, async () => {
    const args = "table2 --scale smoke --datasets raf-db --data data --weights none --plan";
    const { runs, missing } = await factsOf(planJson, args);
    expect(runs).toHaveLength(6);
    expect(missing!.runs).toBe(6);
    expect(missing!.separate!.images).toBeGreaterThan(missing!.images);
    expect(runs.find(({ id }) => id === runs[1]!.beginsAs!.run)!.state).toBe("missing");
  });

  test("never writes a number that is none, nor a shape that is another", () => {
    const shape = z.object({ rate: z.number() });
    expect(() => writeJson(shape, { rate: Number.NaN })).toThrow("NaN");
    expect(() => writeJson(shape, { rate: Infinity })).toThrow("Infinity");
    expect(() => writeJson(shape, {} as never)).toThrow("rate");
  });
});

describe("--json writes nothing to stdout", () => {
  refuses([
    {
      what: "of a run that is not there",
      args: "evaluate --run 3f2a --stored --json",
      exitCode: 1,
      stderr:
        "run 3f2a: expected one run in runs whose id begins so, found none. `pnpm exp runs list` shows all.",
    },
    {
      what: "of a wrong command line",
      args: "compare --run 3f2a --json",
      exitCode: 2,
      stderr:
        "--run: expected it at least twice, got it once. Name two runs or more, such as --run 3f2a --run c09b.",
    },
    {
      what: "of a report that is not planned",
      args: "table2 --scale smoke --json",
      exitCode: 2,
      stderr:
        "--json: expected --plan with it, since a report is written to files. Add --plan, or leave it out: --format csv has the numbers.",
    },
    {
      what: "of an action without facts",
      args: "runs repair --json",
      exitCode: 2,
      stderr:
        "--json: expected it with `runs list`, `runs show`, `runs verify`, `runs import`, or `runs watch`, got it with `runs repair`. Leave it out.",
    },
    {
      what: "of a file of weights that is not there",
      args: "weights show FILE --json",
      exitCode: 1,
      stderr: "DIR/FILE: expected a file, found none that can be read (ENOENT). Check the path.",
    },
  ]);
});
