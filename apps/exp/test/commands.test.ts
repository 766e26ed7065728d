/** @file `pnpm exp --help` lists the commands of all packages. */
import { benchCommand } from "@mvt/bench";
import { withCompletion } from "@mvt/experiments/cli";
import { runCommand } from "@mvt/testing/command-line";
import { describe, expect, test } from "vitest";

describe("pnpm exp --help", () => {
  test("lists every command, in order, with what it does", async () => {
    const { exitCode, stdout } = await runCommand(["--help"], import.meta.dirname);
    expect(exitCode).toBe(0);
    // A description may be continued on the next line.
    const section = stdout.slice(stdout.indexOf("Commands:"), stdout.indexOf("Options:"));
    const listed = section.split(/^ {2}pnpm exp /m).map((one) => one.split(/\s+/).join(" ").trim());
    expect(listed.slice(1)).toEqual(
      withCompletion([benchCommand]).map(({ name, about }) => `${name} ${about}`),
    );
  });
});

describe("pnpm exp --version", () => {
  test("prints the version and the commit on one line", async () => {
    const { exitCode, stdout } = await runCommand(["--version"], import.meta.dirname);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^\d+\.\d+\.\d+, commit (unknown|[0-9a-f]{12}(, with uncommitted changes)?)\n$/,
    );
  });
});

describe("pnpm exp COMMAND --help", () => {
  test.for(withCompletion([benchCommand]))("$name can be loaded", async ({ load }) => {
    const { options, run } = await load();
    expect([typeof options, typeof run]).toEqual(["object", "function"]);
  });
});
