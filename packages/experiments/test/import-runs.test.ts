/** @file Finished runs of other machines join the folder of runs: whole, once, and with all that is known of them. */
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, removeFolder, temporaryFolder } from "@mvt/testing/folder";
import { runCommand } from "@mvt/testing/command-line";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { findForeignRuns } from "../src/runs/foreign-runs.ts";
import { importRuns } from "../src/runs/import-runs.ts";
import type { ImportedRun } from "../src/runs/import-runs.ts";
import { takeLock } from "../src/runs/lock.ts";
import { openRun } from "../src/runs/run-folder.ts";
import type { RunFile } from "../src/runs/run-folder.ts";
import { verifyRun } from "../src/runs/verify-run.ts";
import { numerics } from "../src/settings/numerics.ts";
import type { RunConfig } from "../src/settings/run-config.ts";
import { changeText, contentOf, madeOn, reconfigured } from "./fixtures/changed-runs.ts";
import { trainedClassifier, trainedGenerator, vouchAgain } from "./fixtures/trained-runs.ts";

/** A classifier, and a mask generator that starts from it. */
let original: string;
let classifier: string;
let generator: string;

/** The other machine's folder of runs, with copies of both; and the folder that they are to join. */
let there: string;
let here: string;

beforeAll(async () => {
  original = await makeFolder();
  const run = await trainedClassifier(original);
  classifier = run.id;
  generator = (await trainedGenerator(original, run)).id;
  return () => removeFolder(original);
});

beforeEach(async () => {
  const folder = await temporaryFolder(onTestFinished);
  [there, here] = [join(folder, "gpu-1/runs"), join(folder, "runs")];
  await cp(original, there, { recursive: true });
});

const inThere = (id: string) => openRun(there, id);
const inHere = (id: string) => openRun(here, id);

async function importFrom(folders: readonly string[] = [there], dryRun = false) {
  const found = await findForeignRuns(folders, here);
  return importRuns(found, { runsFolder: here, dryRun });
}

/** What became of each run, by its id. */
async function statesAfter(folders?: readonly string[], dryRun?: boolean) {
  const { runs } = await importFrom(folders, dryRun);
  return Object.fromEntries(runs.map(({ id, state }) => [id, state]));
}

async function problemOf(id: string): Promise<string> {
  const { runs } = await importFrom();
  return runs.find((run) => run.id === id)!.problem!;
}

describe("an import", () => {
  test("makes finished runs of another folder runs of this one, byte for byte, and leaves theirs alone", async () => {
    const before = await contentOf(there);
    expect(await statesAfter()).toEqual({ [classifier]: "imported", [generator]: "imported" });
    expect(await contentOf(here)).toEqual(before);
    expect(await contentOf(there)).toEqual(before);
    for (const id of [classifier, generator]) {
      expect(await verifyRun(inHere(id))).toMatchObject({ state: "verified" });
    }
  });

  test("says what it copied, and what trained it", async () => {
    await madeOn(inThere(classifier), "EPYC 9654");
    const { runs } = await importFrom();
    const { k, n } = (await verifyRun(inHere(classifier))).test!;
    expect(runs.find(({ id }) => id === classifier)).toMatchObject({
      from: join(there, classifier),
      title: "tiny",
      origin: "trained on EPYC 9654, commit 0123456789ab, 2026-11-28",
      test: { k, n },
      files: 9,
    });
  });

  test("takes what a run uses from beside it, first, also where the run alone is named", async () => {
    const { runs } = await importFrom([join(there, generator)]);
    expect(runs.map(({ id }) => id)).toEqual([classifier, generator]);
  });

  test("finds runs in folders of folders of runs", async () => {
    const second = join(there, "../../gpu-2/checkout/runs");
    await mkdir(second, { recursive: true });
    await rename(join(there, generator), join(second, generator));
    expect(await statesAfter([join(there, "../..")])).toEqual({
      [classifier]: "imported",
      [generator]: "imported",
    });
  });

  test("passes by the folder of runs itself, folders that are no runs, and links", async () => {
    await importFrom();
    await cp(join(there, classifier), join(there, `${classifier}.damaged-1`), { recursive: true });
    await symlink(join(there, classifier), join(there, "0123456789ab"));
    const { runs } = await importFrom([join(there, "../..")]);
    expect(runs.map(({ from }) => from)).toEqual([join(there, classifier), join(there, generator)]);
  });

  test("counts runs that are here with the same bytes", async () => {
    await importFrom();
    const before = await contentOf(here);
    expect(await statesAfter()).toEqual({ [classifier]: "present", [generator]: "present" });
    expect(await contentOf(here)).toEqual(before);
  });

  test("counts runs that were trained in both places with the same result", async () => {
    await cp(there, here, { recursive: true });
    await madeOn(inThere(classifier), "EPYC 9654");
    await changeText(inThere(classifier), "metrics.jsonl", (text) =>
      text.replaceAll(/"imagesPerSecond":\d+/g, '"imagesPerSecond":7'),
    );
    await vouchAgain(inThere(classifier));
    expect(await statesAfter()).toEqual({ [classifier]: "present", [generator]: "present" });
  });

  test("does nothing in a dry run but say the same", async () => {
    const said = await importFrom([there], true);
    expect(existsSync(here)).toBe(false);
    const done = await importFrom();
    expect(done).toEqual({ ...said, dryRun: false });
  });

  test("copies nothing but the files of a run", async () => {
    await writeFile(join(there, classifier, "notes.txt"), "of the user");
    await importFrom();
    expect(await readdir(join(here, classifier))).toEqual(
      await readdir(join(original, classifier)),
    );
  });

  test("replaces what was trained of the run here before it was stopped", async () => {
    await mkdir(join(here, classifier), { recursive: true });
    for (const name of ["checkpoint-000000003.safetensors", "made-by.jsonl", "metrics.jsonl"]) {
      await writeFile(join(here, classifier, name), "");
    }
    expect(await statesAfter()).toMatchObject({ [classifier]: "imported" });
    expect(await contentOf(here)).toEqual(await contentOf(original));
  });

  test("goes on where one was killed between two files", async () => {
    await importFrom();
    await rm(inHere(classifier).path("result.json"));
    const left = join(
      here,
      classifier,
      "import.00000000-1-0c9b64e9-8e0c-4d0c-8f5e-5a4f3f9d7c11.tmp",
    );
    await mkdir(left);
    await writeFile(join(left, "last.safetensors"), "half");
    expect(await inHere(classifier).result()).toBeUndefined();
    expect(await statesAfter()).toEqual({ [classifier]: "imported", [generator]: "present" });
    expect(await contentOf(here)).toEqual(await contentOf(original));
  });
});

describe("an import leaves out", () => {
  test("runs that are not finished", async () => {
    await rm(inThere(generator).path("result.json"));
    await rm(inThere(generator).path("manifest.json"));
    expect(await statesAfter()).toEqual({ [classifier]: "imported", [generator]: "unfinished" });
    expect(await readdir(here)).toEqual([classifier]);
  });

  test("runs without checksums, which nothing vouches for", async () => {
    await rm(inThere(classifier).path("manifest.json"));
    expect(await statesAfter()).toMatchObject({ [classifier]: "unverified" });
  });

  const files: readonly RunFile[] = [
    "config.json",
    "labels.csv",
    "last.safetensors",
    "manifest.json",
    "predictions.csv",
    "result.json",
  ];
  test.each(files)("a run with a damaged %s, by name, and takes the others", async (file) => {
    const path = inThere(generator).path("mgn.safetensors");
    await changeText(inThere(classifier), file, (text) => text.slice(1));
    const { runs } = await importFrom();
    expect(runs.find(({ id }) => id === classifier)).toMatchObject({ state: "damaged" });
    expect(await problemOf(classifier)).toContain(inThere(classifier).path(file));
    expect(await readdir(here)).toEqual([generator]);
    expect(await readFile(inHere(generator).path("mgn.safetensors"))).toEqual(await readFile(path));
  });

  test("a run whose result its files do not give, though its checksums are right", async () => {
    await changeText(inThere(classifier), "result.json", (text) =>
      text.replace(/"parameters": \d+/, '"parameters": 7'),
    );
    await vouchAgain(inThere(classifier));
    expect(await problemOf(classifier)).toContain("expected parameters");
  });

  test("a run whose manifest names files outside of its folder", async () => {
    await changeText(inThere(classifier), "manifest.json", (text) => {
      const manifest = JSON.parse(text) as { readonly files: Record<string, string> };
      const outside = { "../outside.json": manifest.files["config.json"] };
      return JSON.stringify({ ...manifest, files: { ...manifest.files, ...outside } });
    });
    await cp(inThere(classifier).path("config.json"), join(there, "outside.json"));
    expect(await problemOf(classifier)).toContain(
      'expected files that this version knows, found "../outside.json"',
    );
    expect(existsSync(here)).toBe(false);
  });
});

describe("an import refuses", () => {
  test("a run that is here with other files, by both origins, and the runs that use it", async () => {
    await cp(join(there, classifier), join(here, classifier), { recursive: true });
    await madeOn(inHere(classifier), "Xeon 8488C");
    await madeOn(inThere(classifier), "EPYC 9654");
    await changeText(inThere(classifier), "predictions.csv", (text) =>
      text.replace(/0\.\d/, "0.0"),
    );
    await vouchAgain(inThere(classifier));
    const before = await contentOf(here);
    expect(await statesAfter()).toEqual({ [classifier]: "refused", [generator]: "refused" });
    expect(await problemOf(classifier)).toBe(
      `run ${classifier}: expected the files of the run that is here (trained on Xeon 8488C, commit 0123456789ab, 2026-11-28), found others in predictions.csv (trained on EPYC 9654, commit 0123456789ab, 2026-11-28). Both are whole, and one can be kept: \`pnpm exp runs remove ${classifier}\` forgets the one here.`,
    );
    expect(await problemOf(generator)).toContain(`found run ${classifier}, which was refused`);
    expect(await contentOf(here)).toEqual(before);
  });

  test("a run that is damaged here", async () => {
    await cp(join(there, classifier), join(here, classifier), { recursive: true });
    await changeText(inHere(classifier), "last.safetensors", (text) => `${text} `);
    expect(await problemOf(classifier)).toContain(
      `${inHere(classifier).path("last.safetensors")}: expected the file that the run wrote`,
    );
  });

  test.each([false, true])("a run that is being trained here (dry run: %s)", async (dryRun) => {
    const lock = await takeLock(here, classifier);
    const { runs } = await importFrom([there], dryRun);
    await lock.release();
    expect(runs[0]).toMatchObject({ id: classifier, state: "refused" });
    expect(runs[0]!.problem).toContain("expected that nobody else uses it, found process");
    expect(await inHere(classifier).result()).toBeUndefined();
  });

  test("a run for which there is no place, and leaves nothing of it", async () => {
    await mkdir(join(here, classifier, "last.safetensors/in-the-way"), { recursive: true });
    expect(await statesAfter()).toEqual({ [classifier]: "refused", [generator]: "refused" });
    expect(await inHere(classifier).result()).toBeUndefined();
    const left = (await readdir(join(here, classifier))).filter((name) => name.endsWith(".tmp"));
    expect(left).toEqual([]);
    expect(await readdir(here)).toEqual([classifier]);
  });

  test.each([
    ["the folder itself", () => here, /expected runs of another folder, found those of/],
    ["a run of the folder itself", () => join(here, classifier), /expected runs of another folder/],
    ["a path without a folder", () => join(here, "none"), /expected a folder, found nothing/],
    ["a file", () => join(there, classifier, "config.json"), /expected a folder, found something/],
    [
      "a folder without runs",
      () => join(there, ".."),
      /found no run in it or up to 3 folders below/,
    ],
  ])("%s", async (name, folder, message) => {
    await importFrom();
    if (name === "a folder without runs") await rm(there, { recursive: true });
    await expect(findForeignRuns([folder()], here)).rejects.toThrow(message);
  });
});

describe("an import tells of", () => {
  const notesOf = async (id: string) => {
    const { runs } = await importFrom();
    return (runs.find((run) => run.id === id) as ImportedRun).notes;
  };

  test("a run that uses one which is nowhere, or not whole", async () => {
    await rm(join(there, classifier), { recursive: true });
    const { runs, absent } = await importFrom();
    expect(runs).toMatchObject([{ id: generator, state: "imported" }]);
    expect(runs[0]!.notes).toContain(
      `uses run ${classifier}, which is neither here nor there: a table that needs it trains it again`,
    );
    expect(absent).toEqual([{ id: classifier, usedBy: [generator] }]);
  });

  test("a run of other numerics, which the tables of this version do not count", async () => {
    const run = await reconfigured(openRun(original, classifier), there, (config) => ({
      ...config,
      numerics: numerics + 1,
    }));
    expect(await notesOf(run.id)).toEqual([
      `trained with numerics ${numerics + 1}, where this version has ${numerics}: its tables do not count the run`,
    ]);
  });

  test.each(["real", "synthetic"] as const)(
    "other %s data than those that runs of the same protocol here were trained on",
    async (kind) => {
      const of = (fingerprint: string) => (config: RunConfig) => ({
        ...config,
        numerics,
        data: { ...config.data, kind, fingerprint },
      });
      const trained = openRun(original, classifier);
      const first = await reconfigured(trained, here, of("a".repeat(64)));
      const second = await reconfigured(trained, there, of("b".repeat(64)));
      await rm(first.path("labels.csv")); // damaged or not, it tells of its data
      for (const id of [classifier, generator]) await rm(join(there, id), { recursive: true });
      expect(await notesOf(second.id)).toEqual([
        "other images or labels of raf-db, basic, than the runs here: fingerprint bbbbbbbbbbbb, here aaaaaaaaaaaa (1). A table counts the runs on its own data alone",
      ]);
    },
  );
});

describe("runs import", () => {
  test("prints a line for each run and a summary", async () => {
    await rm(inThere(generator).path("result.json"));
    await rm(inThere(generator).path("manifest.json"));
    const { exitCode, stdout, stderr } = await runCommand(
      ["runs", "import", there],
      join(here, ".."),
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(
      new RegExp(
        [
          `^${classifier}  imported: tiny: [\\d.]+ % \\(\\d/9\\), 9 files, trained by a version that recorded nothing`,
          `${classifier}  note: trained with numerics 0, where this version has ${numerics}: .*`,
          `${generator}  left out: not finished`,
          "2 runs: 1 imported, 1 not finished\n$",
        ].join("\n"),
      ),
    );
  });

  test("ends with code 1 if a run is damaged, after the others are imported", async () => {
    await changeText(inThere(classifier), "labels.csv", (text) => `${text} `);
    const { exitCode, stdout, stderr } = await runCommand(
      ["runs", "import", "--json", there],
      join(here, ".."),
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain("found 1 of 2 that are damaged or refused");
    expect(JSON.parse(stdout)).toMatchObject({
      dryRun: false,
      runs: [
        { id: classifier, state: "damaged", notes: [] },
        { id: generator, state: "imported" },
      ],
      absent: [{ id: classifier, usedBy: [generator] }],
    });
    expect(await readdir(here)).toEqual([generator]);
  });

  test("needs a folder", async () => {
    expect(await runCommand(["runs", "import"], join(there, ".."))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("expected folders of runs of other machines, got none"),
    });
  });
});
