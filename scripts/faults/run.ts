/**
 * @file Makes file operations of a training go wrong, one at a time, and looks at what the same command then makes of it.
 *
 *     pnpm faults [--kinds kill,torn,ENOSPC,EIO,EACCES,zeroed] [--most 200] [--jobs N] [--verbose]
 *
 * The command trains a classifier, a mask generator and a classifier with masks and relabelling, with a checkpoint every few
 * steps. It runs once untouched, which counts its operations on files. Then, per fault, it runs with the fault and again
 * without, as many faults at once as there are cores. The second must end with the same bytes, or refuse with a message;
 * another result, a file left over, or a defect is a failure, and the exit code is 1.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { text } from "node:stream/consumers";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { alignColumns } from "@mvt/common";
import { filesOfRuns, newestCheckpoints, zeroTailOfNewest } from "./folder.ts";
import { faultKinds } from "./kinds.ts";
import { readOptions } from "../options.ts";

/** Besides the kinds that a program meets while it runs: power that fails before the newest file is on disk. */
const kinds = [...Object.keys(faultKinds), "zeroed"];

const usage = `pnpm faults [--kinds ${kinds.join()}] [--most 200] [--jobs N] [--verbose]`;
const { values, refuse, wholeNumber } = readOptions(usage, {
  options: {
    kinds: { type: "string", default: kinds.join() },
    most: { type: "string", default: "200" },
    jobs: { type: "string", default: String(availableParallelism()) },
    verbose: { type: "boolean", default: false },
  },
});

const asked = values.kinds.split(",");
const unknown = asked.find((kind) => !kinds.includes(kind));
if (unknown !== undefined) {
  refuse(`--kinds ${unknown}: expected some of ${kinds.join()}.`);
}

const most = wholeNumber("most", values.most, 1);
const jobs = wholeNumber("jobs", values.jobs, 1);

const root = join(import.meta.dirname, "../..");
const workFolder = mkdtempSync(join(tmpdir(), "mvt-faults-"));
process.on("exit", () => rmSync(workFolder, { recursive: true, force: true }));

/** What is trained: small, yet with every kind of file that a run has. */
const command = [
  "train",
  ..."--scale smoke --set epochs=2 --set mgn.epochs=1 --m 0.2".split(" "),
  ..."--threshold constant --relabel-start 2 --checkpoint-every 5steps".split(" "),
];

async function train(runs: string, fault?: string, countFile?: string) {
  const injected = fault === undefined ? [] : ["--import", join(import.meta.dirname, "inject.ts")];
  const child = spawn(
    process.execPath,
    [...injected, "apps/exp/src/main.js", ...command, "--runs", runs],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        MVT_FAULT: fault,
        MVT_FAULT_FOLDER: runs,
        MVT_FAULT_COUNT: countFile,
      },
    },
  );
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await ended, output: `${stdout}${stderr}` };
}

/** How one fault ended. */
interface Outcome {
  readonly ending: "same bytes" | "refused by name" | "other result" | "left-overs" | "defect";
  readonly detail: string;
  /** Optimiser steps that were trained again. */
  readonly lost: number;
}

const reference = join(workFolder, "reference");
const countFile = join(workFolder, "operations");
const untouched = await train(reference, "count:0", countFile);
if (untouched.status !== 0) throw new Error(untouched.output);
const expected = filesOfRuns(reference);
/** "12 rename 0123456789ab/config.json" */
const operations = readFileSync(countFile, "utf8").trim().split("\n");

async function tryFault(kind: string, at: number): Promise<Outcome> {
  const runs = join(workFolder, `${kind}-${at}`);
  const broken = await train(runs, `${kind === "zeroed" ? "kill" : kind}:${at}`);
  if (kind === "zeroed") zeroTailOfNewest(runs);
  const lost = stepsLost(at, runs);
  const again = await train(runs);
  const found = filesOfRuns(runs);
  rmSync(runs, { recursive: true, force: true });
  const outputs = [broken.output, again.output];
  const defect = outputs.find((output) => /defect|\n {4}at /.test(output));
  if (defect !== undefined) return { ending: "defect", detail: defect.slice(-600), lost };
  if (again.status !== 0) {
    const detail = again.output.trim().split("\n").at(-1)!;
    return { ending: "refused by name", detail, lost };
  }
  for (const [name, content] of expected) {
    if (found.get(name) !== content) return { ending: "other result", detail: name, lost };
  }
  const leftOver = [...found.keys()].filter((name) => !expected.has(name));
  if (leftOver.length > 0) return { ending: "left-overs", detail: leftOver.join(" "), lost };
  return { ending: "same bytes", detail: broken.output.trim().split("\n").at(-1) ?? "", lost };
}

/** Steps between the newest checkpoint on disk and the next one that the run would have written. */
function stepsLost(at: number, runs: string): number {
  const [run] = operations[at - 1]!.split(" ").at(-1)!.split("/");
  const next = operations
    .slice(at - 1)
    .map((line) => line.match(new RegExp(`${run}/checkpoint-(\\d+)`)))
    .find((match) => match !== null);
  return next ? Math.max(0, Number(next[1]) - (newestCheckpoints(runs).get(run!) ?? 0)) : 0;
}

const rows: string[][] = [];
let failures = 0;
for (const kind of asked) {
  const every = Math.max(1, operations.length / most);
  const positions = Array.from({ length: Math.min(most, operations.length) }, (_, i) =>
    Math.min(operations.length, 1 + Math.floor(i * every)),
  );
  const outcomes: Outcome[] = [];
  const tryAt = async (at: number) => {
    const outcome = await tryFault(kind, at);
    outcomes.push(outcome);
    const bad = outcome.ending !== "same bytes" && outcome.ending !== "refused by name";
    if (bad) failures += 1;
    if (bad || values.verbose || outcome.ending === "refused by name") {
      const { ending, detail } = outcome;
      process.stdout.write(`${kind} at ${operations[at - 1]}: ${ending}: ${detail}\n`);
    }
  };
  const left = positions.values();
  const tryInTurn = async () => {
    for (const at of left) await tryAt(at);
  };
  await Promise.all(Array.from({ length: jobs }, tryInTurn));
  const count = (ending: Outcome["ending"]) =>
    String(outcomes.filter((outcome) => outcome.ending === ending).length);
  const bad = String(
    outcomes.length - Number(count("same bytes")) - Number(count("refused by name")),
  );
  const lost = String(Math.max(...outcomes.map((outcome) => outcome.lost)));
  rows.push([
    kind,
    String(outcomes.length),
    count("same bytes"),
    count("refused by name"),
    bad,
    lost,
  ]);
}
const heads = [
  "fault",
  "operations",
  "same bytes",
  "refused by name",
  "failures",
  "most steps lost",
];
process.stdout.write(`${alignColumns([heads, ...rows]).join("\n")}\n`);
process.exitCode = failures > 0 ? 1 : 0;
