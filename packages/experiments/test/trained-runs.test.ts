/** @file What reports learn of the runs that they are about. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@mvt/testing/folder";
import { expect, onTestFinished, test } from "vitest";
import type { MadeBy } from "../src/runs/origin.ts";
import { describeMachine } from "../src/runs/provenance.ts";
import { trainedRuns } from "../src/runs/trained-runs.ts";
import { predictionsOf, writeRun } from "./fixtures/finished-run.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

const machine = JSON.parse(JSON.stringify(describeMachine())) as MadeBy["machine"];
const lockfile = "unknown";
const madeBy = (commit: string, date: string, more: Partial<MadeBy> = {}): MadeBy => ({
  commit,
  dirty: false,
  lockfile,
  scale: "quick",
  machine,
  date,
  ...more,
});

/** Writes a finished run for each of these records, with seeds 0, 1, ...; returns their ids. */
async function finishedRuns(runs: string, records: readonly (MadeBy | undefined)[]) {
  return Promise.all(
    records.map(async (record, seed) => {
      const answers = predictionsOf(["a fear fear"], ["fear", "anger"]);
      const id = await writeRun(runs, { ...tinyConfig, seed }, answers);
      const path = join(runs, id, "result.json");
      const result = JSON.parse(await readFile(path, "utf8")) as object;
      await writeFile(path, JSON.stringify({ ...result, madeBy: record }));
      return id;
    }),
  );
}

test("finished runs are counted by commit and machine, in the order of their dates", async () => {
  const runs = await temporaryFolder(onTestFinished);
  const ids = await finishedRuns(runs, [
    madeBy("bbbb", "2026-02-03T00:00:00.000Z"),
    undefined,
    madeBy("aaaa", "2026-01-01T00:00:00.000Z"),
    madeBy("bbbb", "2026-02-01T00:00:00.000Z", {
      before: [madeBy("aaaa", "2026-01-31T00:00:00.000Z")],
    }),
    madeBy("bbbb", "2026-03-01T00:00:00.000Z", { machine: { ...machine, cores: 999 } }),
  ]);
  const of = (commit: string, first: string, last: string) => ({
    commit,
    dirty: false,
    machine,
    begunBy: [] as string[],
    first: `${first}T00:00:00.000Z`,
    last: `${last}T00:00:00.000Z`,
  });
  expect(await trainedRuns([...ids, ids[0]!], runs)).toEqual([
    { runs: 1, by: of("aaaa", "2026-01-01", "2026-01-01") },
    { runs: 2, by: { ...of("bbbb", "2026-02-01", "2026-02-03"), begunBy: ["aaaa"] } },
    {
      runs: 1,
      by: { ...of("bbbb", "2026-03-01", "2026-03-01"), machine: { ...machine, cores: 999 } },
    },
    { runs: 1 },
  ]);
});
