/** @file Tables 4 and 5 out of finished runs: which runs they ask for, and what they count. */
import { join } from "node:path";
import { UserError } from "@mvt/common";
import { onnxBackend } from "@mvt/core";
import { beforeAll, describe, expect, test } from "vitest";
import { describeData, describeMachine } from "../src/runs/provenance.ts";
import { planReports, UnavailableError } from "../src/studies/report-definition.ts";
import type { ReportContext, ReportDefinition } from "../src/studies/report-definition.ts";
import table4 from "../src/studies/table4.ts";
import { defineTable5 } from "../src/studies/table5.ts";
import type { ReadSubsets } from "../src/studies/table5.ts";
import type { Planner } from "../src/studies/planner.ts";
import { finishedPlanner, reportRequest } from "./fixtures/finished-planner.ts";
import { makeFolder, removeFolder } from "@mvt/testing/folder";

let planner: Planner;
let context: ReportContext;

beforeAll(async () => {
  const folder = await makeFolder();
  planner = await finishedPlanner(folder, ["raf-db", "ferplus"]);
  const backend = await onnxBackend({ threads: 1 });
  const data = [await planner.prepare("raf-db"), await planner.prepare("ferplus")];
  context = {
    runsFolder: join(folder, "runs"),
    provenance: {
      command: "pnpm exp table5",
      commit: "0123abc",
      dirty: false,
      scale: "smoke",
      seeds: [0, 1],
      data: data.map((prepared) => describeData(prepared)),
      machine: describeMachine(backend),
      date: "2026-11-23T12:00:00.000Z",
    },
    select: "validation",
    backend,
    png: false,
    formats: ["markdown", "csv"],
  };
  return () => removeFolder(folder);
});

/** The rows of the CSV, by column. */
async function csvOf(id: string, definition: ReportDefinition, datasets = reportRequest.datasets) {
  const { make } = await definition.plan(planner, { ...reportRequest, datasets });
  const { files } = await make(context);
  const csv = String(files[`${id}.csv`]);
  const [header, ...lines] = csv.trimEnd().split("\n");
  return lines.map((line) => {
    const cells = line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/); // commas outside of quotes
    return Object.fromEntries(header!.split(",").map((name, i) => [name, cells[i]!]));
  });
}

describe("table4", () => {
  test("asks for one configuration per data set, that of the paper, with every seed", async () => {
    const datasets = ["raf-db", "ferplus"] as const;
    const { runs } = await table4.plan(planner, { ...reportRequest, datasets });
    const asked = runs.map(({ config, data }) =>
      config.kind === "classifier"
        ? [
            data.dataset.name,
            config.mgn && "run" in config.mgn && config.mgn.run,
            config.relabel?.threshold.name,
            config.seed,
          ]
        : [],
    );
    expect(asked).toEqual([
      ["raf-db", "m 0.15", "sigmoid", 0],
      ["raf-db", "m 0.15", "sigmoid", 1],
      ["ferplus", "m 0.2", "quadratic", 0],
      ["ferplus", "m 0.2", "quadratic", 1],
    ]);
  });

  test("has a row per data set, in the paper's order, with the counts of its runs", async () => {
    const rows = await csvOf("table4", table4, ["ferplus", "raf-db"]);
    expect(
      rows.map(({ dataset, m, f, validation_accuracy_k: k, validation_accuracy_n: n }) =>
        [dataset, m, f, k, n].join(" "),
      ),
      // Of 30 images a third and a quarter is wrong, of 10 four and three.
    ).toEqual(["RAF-DB 0.15 sigmoid 20 22 30 30", "FERPlus 0.2 quadratic 6 7 10 10"]);
  });
});

describe("table5", () => {
  const read: ReadSubsets = async ({ name, splits }) => {
    const id = (i: number) => splits.test[i]!.id;
    return name === "raf-db"
      ? [
          // Seed 0 has 0 and 3 wrong, seed 1 has 0 and 4; 3 is named twice.
          { name: "occlusion", title: "Occlusion-RAF-DB", ids: [3, 1, 0, 3].map(id), notes: [] },
          { name: "pose-30", title: "Pose-RAF-DB (30)", ids: [1, 2, 4].map(id), notes: [] },
        ]
      : [];
  };

  test("counts each subset in the answers for all test images, repeated lines and all", async () => {
    const rows = await csvOf("table5", defineTable5(read));
    const counts = rows.map((row) => [
      row["subset"],
      `${row["validation_accuracy_k"]} of ${row["validation_accuracy_n"]}`,
      `${row["unique_accuracy_k"]} of ${row["unique_accuracy_n"]}`,
    ]);
    expect(counts).toEqual([
      ["occlusion", "1 3 of 4 4", "1 2 of 3 3"],
      ["pose-30", "3 2 of 3 3", "3 2 of 3 3"],
    ]);
  });

  test("takes the epoch that was chosen on validation, and names its runs", async () => {
    const [row] = await csvOf("table5", defineTable5(read));
    const { runs } = await defineTable5(read).plan(planner, reportRequest);
    expect(row).toMatchObject({
      validation_accuracy_epoch: "2 2",
      runs: runs.map(({ id }) => id).join(" "),
    });
  });

  test("leaves a data set out that has no lists, and its runs too", async () => {
    const both = ["ferplus", "raf-db"] as const;
    const { runs } = await defineTable5(read).plan(planner, { ...reportRequest, datasets: both });
    expect(new Set(runs.map(({ data }) => data.dataset.name))).toEqual(new Set(["raf-db"]));
  });

  test("is not available where no data set has lists", async () => {
    const none = defineTable5(() => Promise.resolve([]));
    const planning = none.plan(planner, { ...reportRequest, datasets: ["raf-db", "ferplus"] });
    await expect(planning).rejects.toThrow(
      new UnavailableError(
        "table5: expected lists of occluded and turned test faces, found none for RAF-DB and FERPlus. Name a data set that has them by --datasets, or leave this table out.",
      ),
    );
  });
});

describe("several reports", () => {
  const lines: string[] = [];
  const unavailable = defineTable5(() => Promise.resolve([]));
  const plan = (...definitions: readonly ReportDefinition[]) =>
    planReports(definitions, planner, reportRequest, (line) => lines.push(line));

  test("go on without one that is not available, and say so", async () => {
    expect(await plan(unavailable, table4)).toHaveLength(1);
    expect(lines).toEqual([
      expect.stringMatching("left out: table5: expected lists of occluded and turned test faces"),
    ]);
  });

  test("fail where it is the only one, or with any other error", async () => {
    await expect(plan(unavailable)).rejects.toThrow(UnavailableError);
    const broken: ReportDefinition = {
      plan: () => Promise.reject(new UserError("no such weights")),
    };
    await expect(plan(table4, broken)).rejects.toThrow("no such weights");
  });
});
