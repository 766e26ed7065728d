/** @file Tables of one's own: what is refused when they are loaded, the runs of their rows, and their cells. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandLineError } from "@mvt/common";
import { defineTable } from "@mvt/experiments";
import type { TableDefinition } from "@mvt/experiments";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { runCommand } from "@mvt/testing/command-line";
import { beforeAll, describe, expect, test } from "vitest";
import { createPreparedSets } from "../src/data/prepared-sets.ts";
import { describeProvenance } from "../src/runs/provenance.ts";
import { scales } from "../src/settings/scales.ts";
import { assignmentsOf } from "../src/settings/setting-paths.ts";
import { loadTable } from "../src/studies/own-tables/load-table.ts";
import { reportOf } from "../src/studies/own-tables/plan-table.ts";
import { createPlanner } from "../src/studies/planner.ts";
import { drawFaces } from "./fixtures/faces.ts";
import { finishedPlanner, reportRequest } from "./fixtures/finished-planner.ts";
import { smokeRequest } from "./fixtures/plan-request.ts";

let folder: string;
beforeAll(async () => {
  folder = await makeFolder();
  return () => removeFolder(folder);
});

/** The message that loading a file with this default export ends in, from "but" on. */
async function complaint(definition: string): Promise<string> {
  const name = `wrong-${written++}.mjs`;
  await writeFile(join(folder, name), `export default ${definition};`);
  const error: unknown = await loadTable(`./${name}`, { from: folder }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(CommandLineError);
  const { message } = error as Error;
  expect(message).toMatch(/^table \.\/wrong-\d+\.mjs: expected the default export of .* to be a/);
  return message.replace(/^.*?, but /s, "").replace(/ Write export default defineTable.*$/, "");
}
let written = 0;

const withRow = (row: string) => complaint(`{ name: "x", about: "a", rows: [{ ${row} }] }`);

describe("a table that cannot be right is refused when it is loaded,", () => {
  test.each([
    ["no object", "3", "it is a number."],
    ["no rows", `{ name: "x", about: "a" }`, "its rows is missing."],
    [
      "a name that is no file name",
      `{ name: "a/b", about: "a", rows: [{ name: "a" }] }`,
      "lower-case",
    ],
    [
      "the name of the paper's table",
      `{ name: "table2", about: "a", rows: [{ name: "a" }] }`,
      "which is another table's",
    ],
    [
      "two rows of one name",
      `{ name: "x", about: "a", rows: [{ name: "a" }, { name: "a" }] }`,
      'two of its rows have the name "a"',
    ],
    [
      "a base that is no row",
      `{ name: "x", about: "a", base: "bse", rows: [{ name: "base" }] }`,
      'its base "bse" is no row; rows are "base". Did you mean "base"?',
    ],
    [
      "a column that every table has",
      `{ name: "x", about: "a", rows: [{ name: "a" }], columns: { uar: { title: "U", value: () => 1 } } }`,
      "its column uar is one that every table has",
    ],
    [
      "a column without a function",
      `{ name: "x", about: "a", rows: [{ name: "a" }], columns: { loss: { title: "L" } } }`,
      "its columns.loss.value is missing",
    ],
    [
      "a column whose key is no name",
      `{ name: "x", about: "a", rows: [{ name: "a" }], columns: { "Last loss": { title: "L", value: () => 1 } } }`,
      "lower-case letters",
    ],
  ])("with %s", async (_, definition, expected) => {
    expect(await complaint(definition)).toContain(expected);
  });

  test.each([
    ["an unknown key", `name: "a", treshold: "linear"`, 'Did you mean "threshold"?'],
    ["an unknown data set", `name: "a", datasets: ["rafdb"]`, 'Did you mean "raf-db"?'],
    [
      "an unknown setting",
      `name: "a", set: { "schedule.learningrate": 1 }`,
      'Did you mean "schedule.learningRate"?',
    ],
    ["an m of 1", `name: "a", m: 1`, "its rows[0].m is 1"],
    [
      "noise by a run, which only the command line can name",
      `name: "a", noise: { rate: 0.2, kind: "instance" }`,
      'its rows[0].noise.kind is "instance"',
    ],
    [
      "δ without relabelling",
      `name: "a", delta: 0.3`,
      'its row "a" has delta, which has no effect without a threshold',
    ],
    [
      "a form of masks without masks",
      `name: "a", maskForm: "hard"`,
      "which has no effect without m",
    ],
    [
      "settings of generators without masks",
      `name: "a", set: { "mgn.epochs": 3 }`,
      "sets mgn.epochs, which has no effect without m",
    ],
  ])("with a row that has %s", async (_, row, expected) => {
    expect(await withRow(row)).toContain(expected);
  });
});

const comparison = defineTable({
  name: "lengths",
  about: "Accuracy by length of training",
  rows: [
    { name: "usual" },
    { name: "short", set: { epochs: 3, "schedule.kind": "cosine" } },
    { name: "steep", threshold: "linear:scale=2", delta: 0.1 },
    { name: "noisy", noise: { rate: 0.4 } },
    { name: "masked", m: 0.2, set: { "mgn.epochs": 1 } },
    { name: "right labels", labels: "true" },
  ],
});

const load = (definition: TableDefinition) => reportOf({ definition, folder });

describe("the rows of a table", () => {
  test("are runs that differ in what the row says", async () => {
    await drawFaces(join(folder, "data"), "raf-db");
    const request = { ...smokeRequest, data: join(folder, "data") };
    const planner = createPlanner(request, createPreparedSets(request, {}));
    const { plan } = await load(comparison);
    const { runs, data } = await plan(planner, {
      datasets: ["raf-db"],
      seeds: [4],
      thresholds: [],
    });
    expect(runs.map(({ title }) => title)).toEqual([
      "RAF-DB, no relabelling, seed 4",
      "RAF-DB, no relabelling, epochs=3, schedule.kind=cosine, seed 4",
      "RAF-DB, linear:scale=2, δ = 0.1, seed 4",
      "RAF-DB, 40 % symmetric noise, no relabelling, seed 4",
      "RAF-DB, MGN m = 0.2, no relabelling, mgn.epochs=1, seed 4",
      "RAF-DB, true labels, no relabelling, seed 4",
    ]);
    expect(runs[1]!.config.training).toMatchObject({ epochs: 3 });
    expect(runs[2]!.config).toMatchObject({
      relabel: { delta: 0.1, threshold: { name: "linear" } },
    });
    // The base's run is the one that any other command trains for these settings.
    expect(runs[0]!.id).toBe((await planner.classifier({ dataset: "raf-db", seed: 4 })).id);
    expect(data?.map(({ title }) => title)).toEqual(["RAF-DB", "RAF-DB, noisy"]);
  });

  test("must not train the same runs", async () => {
    const planner = await finishedPlanner(folder, ["raf-db"]); // whose runs depend on no setting
    const { plan } = await load({ ...comparison, rows: comparison.rows.slice(0, 2) });
    await expect(plan(planner, reportRequest)).rejects.toThrow(
      'expected rows that train different runs, got "usual" and "short"',
    );
  });

  test("name themselves where a setting or a function is wrong", async () => {
    const { check } = await load({ ...comparison, rows: [{ name: "none", set: { epochs: 0 } }] });
    expect(() => check(scales.smoke)).toThrow('row "none": --set epochs=0: epochs:');
    const unknown = load({ ...comparison, rows: [{ name: "f", threshold: "./gone.ts" }] });
    await expect(unknown).rejects.toThrow('row "f": --threshold ./gone.ts: expected a file');
  });

  test("find functions beside the table's file", async () => {
    await writeFile(
      join(folder, "flat.mjs"),
      `export default { name: "flat", about: "0", parameters: {}, f: () => 0 };`,
    );
    const definition = { ...comparison, rows: [{ name: "f", threshold: "./flat.mjs" }] };
    const { plan } = await reportOf({ definition, folder });
    const planner = await finishedPlanner(folder, ["raf-db"]);
    const { runs } = await plan(planner, reportRequest);
    expect(runs.map(({ config }) => config)).toMatchObject([
      { kind: "classifier", relabel: { threshold: { name: "flat" } } },
      { kind: "classifier", relabel: { threshold: { name: "flat" } } },
    ]);
  });

  test("may be on some of the data sets only", async () => {
    const planner = await finishedPlanner(folder, ["raf-db"]);
    const rows = [
      { name: "usual" },
      { name: "f", threshold: "linear", datasets: ["ferplus"] },
    ] as const;
    const { plan } = await load({ ...comparison, rows });
    expect((await plan(planner, reportRequest)).runs).toHaveLength(reportRequest.seeds.length);
    const { plan: other } = await load({ ...comparison, rows: [rows[1]] });
    await expect(other(planner, reportRequest)).rejects.toThrow(
      "--datasets raf-db: expected data sets of the table's rows, which are on ferplus",
    );
  });
});

/** A line of metrics.jsonl. */
const epoch = `${JSON.stringify({
  epoch: 1,
  learningRate: 0.1,
  loss: 2,
  train: { k: 1, n: 4 },
  relabelled: 0,
  validation: { k: 1, n: 2 },
  imagesPerSecond: 1,
})}\n`;

describe("a table's cells", () => {
  const rows = [{ name: "usual" }, { name: "linear", threshold: "linear" }];
  const make = async (columns: TableDefinition["columns"]) => {
    const planner = await finishedPlanner(folder, ["raf-db"]);
    const { plan } = await load({ ...comparison, rows, columns });
    const { runs, make: write, data } = await plan(planner, reportRequest);
    expect(runs).toHaveLength(4);
    for (const { id } of runs) await writeFile(join(folder, "runs", id, "metrics.jsonl"), epoch);
    const provenance = describeProvenance({ scale: "smoke", seeds: [0, 1], data: data! });
    return write({
      runsFolder: join(folder, "runs"),
      provenance,
      select: "validation",
      backend: undefined as never, // nothing is computed
      png: false,
      formats: ["markdown", "csv", "latex"],
    });
  };

  test("hold accuracies, the difference to the base, and the author's numbers over seeds", async () => {
    const { files, text } = await make({
      wrong: {
        title: "Wrong (%)",
        about: "Wrong: the images that are not right.",
        unit: "percent",
        value: ({ result: { validation } }) => 1 - validation.k / validation.n,
      },
      loss: { title: "Loss", value: ({ epochs }) => epochs.at(-1)?.loss },
      seed: { title: "Seed", value: ({ config }) => (config.seed === 1 ? undefined : config.seed) },
    });
    expect(Object.keys(files)).toEqual(["lengths.md", "lengths.csv", "lengths.tex"]);
    expect(text).toContain("# Accuracy by length of training\n");
    expect(text).toContain("- Wrong: the images that are not right.\n");
    const table = text.split("\n").filter((line) => line.startsWith("| RAF-DB"));
    expect(table.slice(0, 2)).toMatchInlineSnapshot(`
      [
        "| RAF-DB   | usual  | **70.0 ± 4.7** (20, 22 of 30) | 70.1 ± 2.1 | –                      | 30.0 ± 4.7 | 2.000 ± 0.000 |",
        "| RAF-DB   | linear | **70.0 ± 4.7** (20, 22 of 30) | 70.1 ± 2.1 | 0.0 ± 0.0              | 30.0 ± 4.7 | 2.000 ± 0.000 |",
      ]
    `);
    expect(files["lengths.csv"]).toMatch(
      /^dataset,row,seeds,.*,wrong_mean,wrong_std,wrong_by_seed,/,
    );
    expect(files["lengths.tex"]).toContain("Minus ``usual'' (points)");
  });

  test("name column and run where the author's function fails", async () => {
    const failing = make({
      loss: {
        title: "Loss",
        value() {
          throw new TypeError("no such thing");
        },
      },
    });
    await expect(failing).rejects.toThrow(
      /^column loss of run [0-9a-f]{12}: expected a number, but its function threw: no such thing\./,
    );
    await expect(make({ loss: { title: "Loss", value: () => Number.NaN } })).rejects.toThrow(
      "expected a finite number or undefined, got NaN",
    );
  });
});

describe("settings by their paths", () => {
  test("are those that --set takes, texts without quotes", () => {
    expect(
      assignmentsOf({ epochs: 3, "schedule.kind": "cosine", "adamw.betas": [0.9, 0.99] }),
    ).toEqual(["epochs=3", "schedule.kind=cosine", "adamw.betas=[0.9,0.99]"]);
  });
});

describe("the command line of a table", () => {
  test("is refused an option that none of its rows can use", async () => {
    await writeFile(
      join(folder, "plain.mjs"),
      `export default { name: "plain", about: "a", rows: [{ name: "a" }] };`,
    );
    const { exitCode, stderr } = await runCommand(
      ["table", "./plain.mjs", "--delta", "0.3"],
      folder,
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Leave it out, or give a row a threshold.");
  });
});
