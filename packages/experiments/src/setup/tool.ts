/** @file External programs that a command needs: checks that they are installed, and runs them. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { UserError } from "@mvt/common";

export interface Tool {
  /** How it is started, such as ["python3", "-m", "pip"]. */
  readonly command: readonly [string, ...string[]];
  /** Where one gets it, as a sentence. */
  readonly advice: string;
}

/** Throws UserError for the first that does not tell its version. */
export async function requireTools(what: string, tools: readonly Tool[]): Promise<void> {
  for (const { command, advice } of tools) {
    const { failure } = await runProgram([...command, "--version"]);
    if (failure !== undefined) {
      throw new UserError(
        `${what}: expected \`${command.join(" ")}\`, but \`${command.join(" ")} --version\` ${failure}. ${advice}`,
      );
    }
  }
}

/** Runs a command to its end; throws UserError with the last lines it printed where it fails. */
export async function runTool(
  what: string,
  command: readonly [string, ...string[]],
  cwd: string,
): Promise<void> {
  const { failure, printed } = await runProgram(command, { cwd });
  if (failure === undefined) return;
  const last = printed.trim().split("\n").slice(-8).join("\n  ");
  throw new UserError(`${what}: \`${command.join(" ")}\` ${failure}:\n  ${last}`);
}

/** How a program ended. */
export interface Ended {
  /** Absent where all went well; else fits behind the command: "failed with 1", "is not there". */
  readonly failure?: string;
  /** What it wrote to stdout. */
  readonly out: string;
  /** That, and what it wrote to stderr. */
  readonly printed: string;
}

/**
 * Runs a program to its end. It never throws.
 *
 * @param options.apart whether Ctrl-C on a terminal ends this process alone
 */
export async function runProgram(
  [program, ...args]: readonly [string, ...string[]],
  { cwd = ".", apart = false }: { readonly cwd?: string; readonly apart?: boolean } = {},
): Promise<Ended> {
  const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
  const child = spawn(program, args, { cwd, stdio, detached: apart });
  const ended = new Promise<string | undefined>((resolve) => {
    child.on("error", ({ message, code }: NodeJS.ErrnoException) =>
      resolve(code === "ENOENT" ? "is not there" : `does not start: ${message}`),
    );
    child.on("close", (code) => resolve(code === 0 ? undefined : `failed with ${code}`));
  });
  const [out, err, failure] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { failure, out, printed: out + err };
}
