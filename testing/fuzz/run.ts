/** @file Fuzzes the targets of a module in a process of their own, and watches it. */
import { type ChildProcess, fork } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { FuzzJob, FuzzMessage } from "./child.ts";
import { type FuzzFailure, mostMilliseconds, type TargetCounts } from "./target.ts";

export interface FuzzOptions {
  readonly seed: number;
  /** Inputs per target, times its share. */
  readonly inputs: number;
  /** Only targets with these names. */
  readonly only?: readonly string[];
  /** Where inputs that fail are written, as hexadecimal digits. */
  readonly folder: string;
  /** Milliseconds per input; 5,000 if absent. */
  readonly mostMilliseconds?: number;
  /** Called for each target when it is done. */
  readonly onTarget?: (counts: TargetCounts) => void;
}

/** A failure, and the file with its input. */
export type SavedFailure = FuzzFailure & { readonly path: string };

export interface FuzzReport {
  readonly failures: readonly SavedFailure[];
  /** By target. */
  readonly counts: ReadonlyMap<string, TargetCounts>;
}

/** More failures than these of one target are counted but not saved: they have mostly one reason. */
const mostSaved = 5;

/** How often the process is looked at, in milliseconds. */
const interval = 50;

/** Fuzzes every target of `module`, the URL of a `FuzzModule`. */
export async function fuzz(module: URL, options: FuzzOptions): Promise<FuzzReport> {
  const work = await mkdtemp(join(tmpdir(), "mvt-fuzz-"));
  try {
    return await new Supervisor(module, options, join(work, "progress")).run();
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Parses the input of a file of `fuzz` again; what came of it, or undefined if `module` has no such target. */
export async function repeat(module: URL, path: string): Promise<string | undefined> {
  const work = await mkdtemp(join(tmpdir(), "mvt-fuzz-"));
  try {
    const options = { seed: 0, inputs: 0, folder: work };
    return await new Supervisor(module, options, join(work, "progress")).repeat(path);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

type Place = FuzzJob["from"];

/** How a process ended: with its work done, at an input that was too much, or by itself. */
type End =
  | { readonly kind: "done" }
  | { readonly kind: "again"; readonly from: Place }
  | { readonly kind: "hang" | "crash"; readonly at: Place; readonly what: string };

class Supervisor {
  readonly #module: string;
  readonly #options: FuzzOptions;
  readonly #progress: string;
  /** Of the targets, in their order. */
  #names: readonly string[] = [];
  readonly #failures: FuzzFailure[] = [];
  readonly #counts = new Map<string, TargetCounts>();

  constructor({ href }: URL, options: FuzzOptions, progress: string) {
    this.#module = href;
    this.#options = options;
    this.#progress = progress;
  }

  async run(): Promise<FuzzReport> {
    let from: Place = [0, 0];
    for (;;) {
      const end = await this.#watch({ ...this.#job(), from });
      if (end.kind === "done") break;
      if (end.kind === "again") from = end.from;
      else from = this.#addEnd(end);
    }
    return { failures: await this.#save(), counts: this.#counts };
  }

  /** Adds a hang or a crash; where to go on. */
  #addEnd({ kind, at: [place, input], what }: Extract<End, { readonly at: Place }>): Place {
    const target = this.#names[place]!;
    this.#failures.push({ target, seed: this.#options.seed, input, kind, what });
    const ends = this.#failures.filter((failure) => failure.target === target).length;
    // A target whose seeds hang or crash, or many of its inputs, is not gone on with.
    return input < 0 || ends >= mostSaved ? [place + 1, 0] : [place, input + 1];
  }

  async repeat(path: string): Promise<string | undefined> {
    let verdict: string | undefined;
    const end = await this.#watch({ ...this.#job(), repeat: path }, (message) => {
      if (message.kind === "repeated") ({ verdict } = message);
    });
    return "what" in end ? `${end.kind}: ${end.what}` : verdict;
  }

  #job(): FuzzJob {
    const { seed, inputs, only } = this.#options;
    return { module: this.#module, seed, inputs, only, from: [0, 0], progress: this.#progress };
  }

  /** Writes the inputs of failures; of each target the first few. */
  async #save(): Promise<readonly SavedFailure[]> {
    const { folder } = this.#options;
    const byTarget = Map.groupBy(this.#failures, ({ target }) => target);
    const saved = [...byTarget.values()].flatMap((failures) => {
      const more = failures.length - mostSaved;
      return failures.slice(0, mostSaved).map((failure, i) => {
        const { target, seed, input, what } = failure;
        const path = join(folder, `${target.replaceAll(/\W+/g, "-")}-${seed}-${input}.hex`);
        const last = more > 0 && i === mostSaved - 1;
        return { ...failure, what: last ? `${what}\n(and ${more} more)` : what, path };
      });
    });
    if (saved.length === 0) return [];
    await mkdir(folder, { recursive: true });
    const dumps = saved.map(({ path, ...failure }) => ({ failure, path }));
    await this.#watch({ ...this.#job(), dumps });
    return saved;
  }

  /** Runs a process until it ends, or until an input takes too long. */
  async #watch(job: FuzzJob, onMessage: (message: FuzzMessage) => void = () => {}): Promise<End> {
    await writeFile(this.#progress, "");
    const child = fork(new URL("./child.ts", import.meta.url), [JSON.stringify(job)], {
      execArgv: ["--max-old-space-size=1024"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, TMPDIR: dirname(this.#progress) }, // what it writes is removed with it
    });
    let end: End | undefined;
    let complaint = "";
    child.stderr!.on(
      "data",
      (text: Buffer) => (complaint = `${complaint}${text.toString()}`.slice(-2000)),
    );
    child.on("message", (message: FuzzMessage) => {
      onMessage(message);
      if (message.kind === "targets") this.#names = message.names;
      else if (message.kind === "done") end = { kind: "done" };
      else if (message.kind === "failure") this.#failures.push(message.failure);
      else if (message.kind === "counts") this.#count(message.counts);
      else if (message.kind === "memory") {
        const [place, input] = message.at;
        if (message.first) this.#failures.push(message.failure);
        end = { kind: "again", from: message.first ? [place, input + 1] : message.at };
      }
    });
    const closed = new Promise<string>((resolve) => {
      child.on("close", (code, signal) => resolve(`exit code ${code ?? signal}. ${complaint}`));
    });
    const hung = await this.#untilHung(child, closed);
    const what = await closed;
    if (hung !== undefined) {
      const limit = this.#options.mostMilliseconds ?? mostMilliseconds;
      return { kind: "hang", at: hung, what: `more than ${limit} milliseconds` };
    }
    if (end !== undefined) return end;
    const at = await this.#place();
    if (at === undefined) throw new Error(`the fuzzing process ended before it began: ${what}`);
    return { kind: "crash", at, what };
  }

  /** Resolves when the process has ended, or when it has been ended at the place that is returned. */
  async #untilHung(child: ChildProcess, closed: Promise<unknown>): Promise<Place | undefined> {
    const limit = this.#options.mostMilliseconds ?? mostMilliseconds;
    const ended = closed.then(() => true);
    let [last, since]: [string, number] = ["", performance.now()];
    for (;;) {
      const place = await this.#place();
      const now = JSON.stringify(place);
      if (now !== last) [last, since] = [now, performance.now()];
      else if (place !== undefined && performance.now() - since > limit) {
        child.kill("SIGKILL");
        return place;
      }
      if (await Promise.race([ended, setTimeout(interval, false)])) return undefined;
    }
  }

  /** Where the process is; undefined before its first input. */
  async #place(): Promise<Place | undefined> {
    const bytes = await readFile(this.#progress).catch(() => Buffer.alloc(0));
    return bytes.length < 8 ? undefined : [bytes.readInt32LE(0), bytes.readInt32LE(4)];
  }

  #count(counts: TargetCounts): void {
    const { target, parsed, refused, same, slowest, memory } = counts;
    const before = this.#counts.get(target);
    const now: TargetCounts = {
      target,
      parsed: parsed + (before?.parsed ?? 0),
      refused: refused + (before?.refused ?? 0),
      same: same + (before?.same ?? 0),
      slowest: Math.max(slowest, before?.slowest ?? 0),
      memory: Math.max(memory, before?.memory ?? 0),
    };
    this.#counts.set(target, now);
    this.#options.onTarget?.(now);
  }
}
