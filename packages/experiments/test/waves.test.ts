/** @file Some runs of a plan alone, and the order in which its runs can be trained. */
import { UserError } from "@mvt/common";
import { describe, expect, test } from "vitest";
import { chosenPlan, requireFinished } from "../src/runs/chosen-plan.ts";
import type { PlannedRun, RunPlan } from "../src/runs/planned-run.ts";
import { wavesOf } from "../src/runs/waves.ts";
import { tinyConfig } from "./fixtures/run-config.ts";

/** A run of this name, which uses others. */
const run = (name: string, ...after: readonly PlannedRun[]): PlannedRun => ({
  id: Buffer.from(name.padEnd(6, "-")).toString("hex"),
  title: name,
  config: tinyConfig,
  data: undefined as never, // nothing is trained
  after,
});

const start = run("start");
const trunk = run("trunk", start);
const branch = run("branch", start);
const early = run("early", start);
const masks = run("masks", trunk);
const masked = run("masked", masks, start);
const alone = run("alone");
const needed = [start, branch, trunk, early, masks, masked, alone];

/** The plan where these runs are finished. The trunk trains the beginnings of two others. */
function planWith(...finished: readonly PlannedRun[]): RunPlan {
  const missing = needed.filter((each) => !finished.includes(each));
  const shared = [branch, early].map(
    (each) => [each.id, { trunk, branch: each, epochs: 2 }] as const,
  );
  return {
    wanted: [masked],
    needed,
    missing,
    shared: finished.includes(trunk) ? new Map() : new Map(shared),
  };
}

const titles = (runs: readonly PlannedRun[]) => runs.map(({ title }) => title);

describe("the waves of a plan", () => {
  test("come after the runs that they use, and after those that train their beginning", () => {
    expect(wavesOf(planWith()).map(titles)).toEqual([
      ["start", "alone"],
      ["trunk"],
      ["branch", "early", "masks"],
      ["masked"],
    ]);
  });

  test("do not wait for finished runs", () => {
    expect(wavesOf(planWith(start, trunk)).map(titles)).toEqual([
      ["branch", "early", "masks", "alone"],
      ["masked"],
    ]);
    expect(wavesOf(planWith(...needed))).toEqual([]);
  });
});

describe("some runs of a plan", () => {
  test("are those alone, with the finished runs that they use", () => {
    const plan = chosenPlan(planWith(start, trunk), [masks.id, alone.id.slice(0, 6)]);
    expect([plan.wanted, plan.needed, plan.missing].map(titles)).toEqual([
      [],
      ["trunk", "masks", "alone"],
      ["masks", "alone"],
    ]);
  });

  test("hand their beginnings over to all others, and wait for nobody's", () => {
    expect([...chosenPlan(planWith(start), [trunk.id]).shared.keys()]).toEqual([
      branch.id,
      early.id,
    ]);
    expect(chosenPlan(planWith(start), [branch.id]).shared.size).toBe(0);
  });

  test("may use each other", () => {
    const { missing } = chosenPlan(planWith(start), [masks.id, trunk.id]);
    expect(titles(missing)).toEqual(["trunk", "masks"]);
  });

  test("train nothing where they are finished", () => {
    const { needed: own, missing } = chosenPlan(planWith(start), [start.id]);
    expect([own, missing].map(titles)).toEqual([["start"], []]);
  });

  test("are refused where they use one that is neither finished nor among them", () => {
    expect(() => chosenPlan(planWith(start), [masks.id])).toThrow(
      new UserError(
        `masks (run ${masks.id}): not trained, because it uses trunk (run ${trunk.id}), which is not finished`,
        { advice: `Train that one first, with --only-runs ${trunk.id}.` },
      ),
    );
  });

  test("are refused where no run or several begin so", () => {
    const advice =
      "--plan lists them. Options, data and the version of this program decide on their ids.";
    const start6 =
      "--only-runs ffffff: expected the beginning of the id of one of this command's runs";
    expect(() => chosenPlan(planWith(), ["ffffff"])).toThrow(`${start6}, got none in 7. ${advice}`);
    expect(() => chosenPlan(planWith(), ["6d61736b"])).toThrow(`got ${masks.id}, ${masked.id}.`);
  });
});

test("a report of finished runs names those that are not", () => {
  expect(requireFinished(planWith(...needed))).toBeUndefined();
  expect(() => requireFinished(planWith(start, branch, trunk, early, masks))).toThrow(
    new UserError(
      `--no-train: expected 7 finished runs, found 2 that are not. Repeat the command without --no-train to train them.\n${masked.id}  masked\n${alone.id}  alone`,
    ),
  );
});
