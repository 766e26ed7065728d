/** @file The other side of `protocol.ts`: starts a contestant, asks it, and says why it failed. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { z } from "zod";
import { answer, firstAnswer } from "./protocol.ts";
import type { Ready, Request, Timed } from "./protocol.ts";

/** Who takes part, and at which pace. */
export interface Contestant {
  /** "onnx-cpu" */
  readonly id: string;
  /** "this project, ONNX Runtime on the CPU" */
  readonly title: string;
  /** Images per step. */
  readonly batchSize: number;
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Of one that is slow: fewer rounds, or fewer steps in each. */
  readonly pace?: { readonly rounds?: number; readonly steps?: number };
}

export interface OpenContestant {
  readonly ready: Ready;
  time(steps: number, images?: number): Promise<Timed>;
  /** Ends the process, whatever it is doing. */
  close(): Promise<void>;
}

/** A contestant that cannot take part, or not any longer; the message says why. */
export class ContestantError extends Error {
  override readonly name = "ContestantError";
}

/** Starts the process and waits until it is warm. Throws a ContestantError where it never is. */
export async function openContestant({
  command: [program, ...args],
}: Pick<Contestant, "command">): Promise<OpenContestant> {
  const child = spawn(program, args, { stdio: "pipe" });
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  ended.catch(() => {}); // thrown where it is awaited
  child.stdin.on("error", () => {}); // the process has ended; so has stdout, which is read next
  let complaints = "";
  child.stderr.on("data", (text) => (complaints = (complaints + String(text)).slice(-8000)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const next = async <Answer extends object>(
    schema: z.ZodType<Answer | { readonly error: string }>,
  ) => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new ContestantError(await causeOfDeath());
      if (!value.startsWith("{")) continue;
      const parsed = schema.safeParse(parseJson(value));
      if (!parsed.success) {
        throw new ContestantError(`gave an answer that is none: ${value.slice(0, 80)}`);
      }
      if ("error" in parsed.data) throw new ContestantError(parsed.data.error);
      return parsed.data;
    }
  };
  const causeOfDeath = async () => {
    try {
      const [code, signal] = await ended;
      const end = signal
        ? `was ended by ${signal}${signal === "SIGKILL" ? ", as where memory runs out" : ""}`
        : `ended with exit code ${code}`;
      return [end, lastWords(complaints)].filter(Boolean).join(": ");
    } catch (error) {
      return `${program} cannot be started (${(error as NodeJS.ErrnoException).code})`;
    }
  };
  const close = async () => {
    child.kill("SIGKILL"); // it has nothing to save
    await ended.catch(() => {});
  };

  try {
    const ready = await next<Ready>(firstAnswer);
    return {
      ready,
      async time(steps, images) {
        const asked: Request = { steps, ...(images === undefined ? {} : { images }) };
        child.stdin.write(`${JSON.stringify(asked)}\n`);
        return next<Timed>(answer);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The line of stderr that says what is wrong: the last that names an error, or the last of all. */
function lastWords(text: string): string {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.findLast((line) => /^[\w.]*(Error|Exception)\b/.test(line)) ?? lines.at(-1) ?? "";
}
