/**
 * @file The process that parses. Before each input it writes into a file which one it is, so that whoever watches knows
 * the input at which it hangs or dies.
 */
import { openSync, writeFileSync, writeSync } from "node:fs";
import { examine } from "./examine.ts";
import { hexDump, readDump } from "./dump.ts";
import { inputOf } from "./inputs.ts";
import {
  type FailureKind,
  type FuzzFailure,
  type FuzzModule,
  type FuzzTarget,
  mostBytes,
  type TargetCounts,
} from "./target.ts";

/** What the process is to do. */
export interface FuzzJob {
  /** URL of a FuzzModule. */
  readonly module: string;
  readonly seed: number;
  /** Inputs per target. */
  readonly inputs: number;
  /** Only targets with these names, if given. */
  readonly only?: readonly string[];
  /** Where to begin: the target, by its place among those to run, and its input. */
  readonly from: readonly [target: number, input: number];
  /** The file that says where the process is. */
  readonly progress: string;
  /** Only write these inputs into their files, and end. */
  readonly dumps?: readonly { readonly failure: FuzzFailure; readonly path: string }[];
  /** Only parse the input in this file, and end. */
  readonly repeat?: string;
}

/** What the process says. */
export type FuzzMessage =
  /** Of the targets that run, in their order; comes first. */
  | { readonly kind: "targets"; readonly names: readonly string[] }
  | { readonly kind: "failure"; readonly failure: FuzzFailure }
  | { readonly kind: "counts"; readonly counts: TargetCounts }
  /** The memory is above the bound; `first`: after the first input of this process, which must then be the reason. */
  | {
      readonly kind: "memory";
      readonly at: FuzzJob["from"];
      readonly first: boolean;
      readonly failure: FuzzFailure;
    }
  | { readonly kind: "repeated"; readonly verdict: string }
  | { readonly kind: "done" };

/** The inputs of a target come after its seeds, which are numbered -1, -2, ... */
export const seedNumber = (i: number) => -1 - i;

const job = JSON.parse(process.argv[2]!) as FuzzJob;
const { targets: all } = (await import(job.module)) as FuzzModule;
const targets = all.filter(({ name }) => job.only?.includes(name) ?? true);

/** The message is on its way when this resolves. */
const say = (message: FuzzMessage) =>
  new Promise<void>((resolve) => {
    process.send!(message, undefined, {}, () => resolve());
  });

const progress = openSync(job.progress, "w");
function enter(target: number, input: number): void {
  writeSync(progress, Buffer.from(Int32Array.of(target, input).buffer), 0, 8, 0);
}

const failureOf = (target: FuzzTarget, input: number, kind: FailureKind, what: string) =>
  ({ target: target.name, seed: job.seed, input, kind, what }) satisfies FuzzFailure;

const peak = () => process.resourceUsage().maxRSS * 1024;

/** The bytes of an input, or of a seed. */
const bytesOf = (target: FuzzTarget, input: number) =>
  input < 0 ? target.seeds[seedNumber(input)]! : inputOf(target, job.seed, input);

/** What the seeds give. The first process that comes to a target also checks that the parser accepts each. */
async function trySeeds(
  place: number,
  target: FuzzTarget,
  isFirst: boolean,
): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const [i, seed] of target.seeds.entries()) {
    const input = seedNumber(i);
    enter(place, input);
    const verdict = await examine(target, seed, undefined);
    if (verdict.kind === "parsed") known.add(verdict.digest);
    else if (isFirst) {
      const what = verdict.kind === "refused" ? `refused: ${verdict.message}` : verdict.what;
      const failure = failureOf(target, input, "error", `a valid input is not parsed: ${what}`);
      await say({ kind: "failure", failure });
    }
  }
  return known;
}

let parsedHere = 0;
/** Ended because of its memory. */
let stopped = false;

/** Parses all inputs of a target from one on. */
async function fuzz(place: number, target: FuzzTarget, from: number): Promise<void> {
  const counts = { target: target.name, parsed: 0, refused: 0, same: 0, slowest: 0, memory: 0 };
  const known = await trySeeds(place, target, from === 0);
  const inputs = Math.ceil(job.inputs * (target.share ?? 1));
  for (let input = from; input < inputs; input += 1) {
    const bytes = bytesOf(target, input);
    enter(place, input);
    const start = performance.now();
    const verdict = await examine(target, bytes, known);
    counts.slowest = Math.max(counts.slowest, performance.now() - start);
    counts.memory = peak();
    if (verdict.kind === "failed") {
      const failure = failureOf(target, input, verdict.failure, verdict.what);
      await say({ kind: "failure", failure });
    } else if (verdict.kind === "parsed") {
      counts.parsed += 1;
      if (target.checksum === true) counts.same += 1;
    } else counts.refused += 1;
    const bound = target.mostBytes ?? mostBytes;
    if (counts.memory > bound) {
      const what = `${Math.round(counts.memory / 2 ** 20)} MiB of at most ${bound / 2 ** 20}`;
      const failure = failureOf(target, input, "memory", what);
      await say({ kind: "counts", counts });
      await say({ kind: "memory", at: [place, input], first: parsedHere === 0, failure });
      stopped = true;
      return;
    }
    parsedHere += 1;
  }
  await say({ kind: "counts", counts });
}

async function run(): Promise<void> {
  await say({ kind: "targets", names: targets.map(({ name }) => name) });
  if (job.dumps !== undefined) {
    for (const { failure, path } of job.dumps) {
      const target = targets.find(({ name }) => name === failure.target)!;
      writeFileSync(path, hexDump(failure, bytesOf(target, failure.input)));
    }
    return;
  }
  if (job.repeat !== undefined) {
    const { about, bytes } = readDump(job.repeat);
    const place = targets.findIndex(({ name }) => name === about.target);
    if (place === -1) return;
    const known = await trySeeds(place, targets[place]!, false);
    enter(place, about.input);
    const verdict = await examine(targets[place]!, bytes, known);
    await say({ kind: "repeated", verdict: JSON.stringify(verdict, null, 2) });
    return;
  }
  const [first, input] = job.from;
  for (let place = first; place < targets.length && !stopped; place += 1) {
    await fuzz(place, targets[place]!, place === first ? input : 0);
  }
}

await run();
if (!stopped) await say({ kind: "done" });
process.disconnect?.();
process.exit(0); // libraries may keep threads
