/** @file A run on a list of noisy labels in EAC's format, with planted faults, against a count by hand. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadDataset, synthesize } from "@mvt/datasets";
import { beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "@mvt/testing/command-line";
import type { Finished } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import type { ClassifierResult } from "../src/runs/result.ts";
import { openedData } from "./fixtures/opened-data.ts";

/** RAF-DB's own numbers, 1 to 7. */
const names = ["surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"];

let folder: string;
let finished: Finished;
let run: string;
/** By image: the number in the data set's own file, and in the list. */
const own = new Map<string, number>();
const listed = new Map<string, number>();
/** The images that are trained on; the others of the list are held out for validation. */
let trained: ReadonlySet<string>;

beforeAll(async () => {
  folder = await makeFolder();
  await synthesize({
    dataset: "raf-db",
    folder: join(folder, "data/raf-db"),
    seed: 1,
    counts: { train: 60, test: 20 },
    labelNoise: 0,
    difficulty: "easy",
    energy: false,
  });
  const file = join(folder, "data/raf-db/EmoLabel/list_patition_label.txt");
  for (const line of (await readFile(file, "utf8")).trim().split(/\r?\n/)) {
    const [name = "", number] = line.split(" ");
    if (name.startsWith("train")) own.set(name.replace(".jpg", ""), Number(number));
  }
  // Every third label is wrong by two; the last three images are not in the list.
  for (const [i, [id, number]] of [...own].entries()) {
    if (i < own.size - 3) listed.set(id, i % 3 === 0 ? ((number + 1) % 7) + 1 : number);
  }
  const lines = [...listed].map(([id, number]) => `${id}_aligned.jpg ${number}`);
  await writeFile(join(folder, "0.3noise_train.txt"), lines.join("\r\n"));
  const { train } = await openedData(await loadDataset("raf-db", join(folder, "data/raf-db")), {
    imageSize: 16,
    validationShare: 0.1,
    cacheFolder: join(folder, "cache"),
  });
  trained = new Set(train.ids);

  const args =
    "train --scale smoke --data data --weights none --set epochs=4 --noise-list 0.3noise_train.txt " +
    "--threshold constant --delta 0 --relabel-start 2 --images memory";
  finished = await runCommand(args.split(" "), folder);
  [run = ""] = (await readdir(join(folder, "runs"))).filter((name) => /^[0-9a-f]{12}$/.test(name));
  return () => removeFolder(folder);
}, 120_000);

describe("a run on a list of noisy labels", { tags: ["slow"] }, () => {
  const read = async (name: string) => readFile(join(folder, "runs", run, name), "utf8");

  const given = (id: string) => listed.get(id) ?? own.get(id)!;

  /** What each image's label is at the end, by the ledger. */
  async function relabelled(): Promise<ReadonlyMap<string, number>> {
    const changes = (await read("labels.jsonl")).trim().split("\n").slice(1);
    return new Map(
      changes.map((line) => {
        const { id, to } = JSON.parse(line) as { id: string; to: string };
        return [id, names.indexOf(to) + 1];
      }),
    );
  }

  test("says how many labels are wrong, and how many images the list leaves out", () => {
    expect(finished.exitCode).toBe(0);
    let [wrong, unlisted] = [0, 0];
    for (const id of trained) {
      if (given(id) !== own.get(id)) wrong += 1;
      if (!listed.has(id)) unlisted += 1;
    }
    expect(finished.stderr).toContain(
      `${wrong} of ${trained.size} training labels become wrong; ${unlisted} images are not in the list and keep theirs`,
    );
  });

  test("counts precision and recall of relabelling as a count by hand does", async () => {
    const now = await relabelled();
    const count = { changed: 0, hit: 0, wrong: 0, mended: 0, before: 0, after: 0 };
    for (const id of trained) {
      const [first, last, right] = [given(id), now.get(id) ?? given(id), own.get(id)!];
      if (last !== first) count.changed += 1;
      if (last !== first && last === right) count.hit += 1;
      if (first !== right) count.wrong += 1;
      if (first !== right && last === right) count.mended += 1;
      if (first === right) count.before += 1;
      if (last === right) count.after += 1;
    }
    expect(count.changed).toBeGreaterThan(5);
    expect(count.wrong).toBeGreaterThan(10);
    const { relabel } = JSON.parse(await read("result.json")) as ClassifierResult;
    expect(relabel).toMatchObject({
      changed: count.changed,
      precision: { k: count.hit, n: count.changed },
      recall: { k: count.mended, n: count.wrong },
      correctBefore: { k: count.before, n: trained.size },
      correctAfter: { k: count.after, n: trained.size },
    });
  });

  test("never changes a label of a validation or test image", async () => {
    for (const id of (await relabelled()).keys()) expect(trained.has(id)).toBe(true);
  });
});
