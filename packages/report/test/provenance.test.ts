/** @file What a report says of its runs: their commits, machines and days, not those of the command that writes it. */
import { toMarkdown } from "@mvt/report";
import type { Provenance, TrainedRuns } from "@mvt/report";
import { table2 } from "@mvt/report/tables/table2";
import { describe, expect, test } from "vitest";
import { provenance, row, run } from "./fixtures/runs.ts";

const own = provenance("synthetic");

/** Lines of the section on provenance about versions and machines. */
function lines(trained?: readonly TrainedRuns[], report: Partial<Provenance> = {}) {
  const table = table2.build(
    [row("linear", [run(0, 380)])],
    { ...own, ...report, trained },
    { select: "last" },
  );
  return toMarkdown(table)
    .split("\n")
    .filter((line) => /^- (?:Commit|Machine|Date)/.test(line))
    .map((line) => line.slice(2));
}

const made = (runs: number, by: Partial<NonNullable<TrainedRuns["by"]>> = {}): TrainedRuns => ({
  runs,
  by: {
    commit: own.commit,
    dirty: false,
    machine: own.machine,
    first: "2026-11-27T09:00:00.000Z",
    last: "2026-11-28T03:00:00.000Z",
    begunBy: [],
    ...by,
  },
});
const other = { ...own.machine, cpu: "Another CPU", cores: 64 };
const [commitLine, machineLine, dateLine] = lines() as [string, string, string];
const otherLine = machineLine.replace("Some CPU at 2.5 GHz, 2 cores", "Another CPU, 64 cores");

describe("the provenance of a report", () => {
  test("about no runs names the command's own commit and machine", () => {
    expect(commitLine).toBe("Commit: 0123abc");
    expect(lines([])).toEqual([commitLine, machineLine, dateLine]);
  });

  test("whose runs are of its own commit and machine has one line for each, and the days", () => {
    expect(lines([made(5)])).toEqual([
      "Commit: 0123abc; trained from 2026-11-27 to 2026-11-28",
      machineLine,
      dateLine,
    ]);
  });

  test("names the commit of its runs, and its own where that differs", () => {
    expect(lines([made(5, { commit: "49230b3", last: "2026-11-27T10:00:00.000Z" })])).toEqual([
      "Commit of 5 runs: 49230b3; trained on 2026-11-27",
      "Commit of this report: 0123abc",
      machineLine,
      dateLine,
    ]);
  });

  test("tells a working tree with changes from the commit that it had", () => {
    expect(lines([made(5)], { dirty: true }).slice(0, 2)).toEqual([
      "Commit of 5 runs: 0123abc; trained from 2026-11-27 to 2026-11-28",
      "Commit of this report: 0123abc, with uncommitted changes",
    ]);
  });

  test("has a line per commit, also for runs that recorded none", () => {
    const trained = [made(4, { commit: "49230b3", dirty: true }), made(1), { runs: 2 }];
    expect(lines(trained)).toEqual([
      "Commit of 4 runs: 49230b3, with uncommitted changes; trained from 2026-11-27 to 2026-11-28",
      "Commit of 1 run: 0123abc; trained from 2026-11-27 to 2026-11-28",
      "Commit of 2 runs: not recorded by the version that trained",
      "Commit of this report: 0123abc",
      machineLine.replace("Machine", "Machine of 5 runs"),
      "Machine of 2 runs: not recorded by the version that trained",
      dateLine,
    ]);
  });

  test("says who began runs that went on with another version", () => {
    expect(lines([made(5, { begunBy: ["49230b3"] })]).slice(0, 2)).toEqual([
      "Commit of 5 runs: 0123abc; trained from 2026-11-27 to 2026-11-28; some were begun by 49230b3",
      "Commit of this report: 0123abc",
    ]);
  });

  test("names the machine of the runs, not the one that writes it", () => {
    expect(otherLine).not.toBe(machineLine);
    const { backend: _, ...idle } = own.machine;
    expect(lines([made(5, { machine: other })], { machine: idle })[1]).toBe(otherLine);
    expect(lines([made(5, { machine: other })], { machine: idle })).toHaveLength(3);
  });

  test("names both where the command computed something on another machine", () => {
    expect(lines([made(5, { machine: other })]).slice(1, 3)).toEqual([
      otherLine,
      machineLine.replace("Machine", "Machine of this report"),
    ]);
  });
});
