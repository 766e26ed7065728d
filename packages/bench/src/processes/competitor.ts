/** @file Competitors: what is timed, each in a process of its own. This is the asking side of `protocol.ts`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { parseJson } from "@mvt/common";
import type { z } from "zod";
import { firstReply, reply } from "./protocol.ts";
import type { Ready, Request, Timed } from "./protocol.ts";

/** Something that is timed. */
export interface Competitor {
  /** Its name for `--only` and in the CSV: "onnx-cpu". */
  readonly id: string;
  /** Its name in the report: "this project, ONNX Runtime on the CPU". */
  readonly title: string;
  /** Images per step. */
  readonly batchSize: number;
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** In place of the numbers that the others have. */
  readonly repetitions?: Repetitions;
}

export interface Repetitions {
  readonly rounds?: number;
  /** In each round. */
  readonly steps?: number;
}

/** A competitor whose process has started and is warmed up. */
export interface OpenCompetitor {
  readonly ready: Ready;
  /**
   * Has it run and time so many steps.
   *
   * @param images per step, where the competitor takes any number of them
   */
  time(steps: number, images?: number): Promise<Timed>;
  /** Ends the process, whatever it is doing. */
  close(): Promise<void>;
}

/** A competitor does not start, or no longer runs; the message says why. */
export class CompetitorError extends Error {
  override readonly name = "CompetitorError";
}

/** Starts the process and waits until it is warmed up. Throws a CompetitorError if it fails before. */
export async function openCompetitor({
  command: [program, ...args],
}: Pick<Competitor, "command">): Promise<OpenCompetitor> {
  const child = spawn(program, args, { stdio: "pipe" });
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  ended.catch(() => {}); // thrown where it is awaited
  child.stdin.on("error", () => {}); // the process has ended; the next read of stdout finds out
  let stderr = "";
  child.stderr.on("data", (text) => (stderr = (stderr + String(text)).slice(-8000)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const next = async <Reply extends object>(
    schema: z.ZodType<Reply | { readonly error: string }>,
  ) => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new CompetitorError(await whyItEnded());
      if (!value.startsWith("{")) continue;
      const parsed = schema.safeParse(parseJson(value));
      if (!parsed.success) {
        throw new CompetitorError(`sent a line that is no reply: ${value.slice(0, 80)}`);
      }
      if ("error" in parsed.data) throw new CompetitorError(parsed.data.error);
      return parsed.data;
    }
  };
  const whyItEnded = async () => {
    try {
      const [code, signal] = await ended;
      const end = signal
        ? `was ended by ${signal}${signal === "SIGKILL" ? ", as where memory runs out" : ""}`
        : `ended with exit code ${code}`;
      return [end, errorLine(stderr)].filter(Boolean).join(": ");
    } catch (error) {
      return `${program} cannot be started (${(error as NodeJS.ErrnoException).code})`;
    }
  };
  const close = async () => {
    child.kill("SIGKILL"); // it has nothing to save
    await ended.catch(() => {});
  };

  try {
    const ready = await next<Ready>(firstReply);
    return {
      ready,
      async time(steps, images) {
        child.stdin.write(`${JSON.stringify({ steps, images } satisfies Request)}\n`);
        return next<Timed>(reply);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The line of stderr that says what is wrong: the last that names an error, or the last of all. */
function errorLine(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.findLast((line) => /^[\w.]*(Error|Exception)\b/.test(line)) ?? lines.at(-1) ?? "";
}
