/**
 * @file What `runs` answers to a folder without runs, to damaged ones, and to ids that are not there.
 *
 * Every case runs in a folder of its own, shown as DIR.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "vitest";
import { runCommand } from "@mvt/testing/command-line";
import { temporaryFolder } from "@mvt/testing/folder";
import { file, refuses } from "@mvt/testing/mistakes";

describe("runs", () => {
  test.concurrent("lists none in an empty folder, which is no mistake", async ({
    expect,
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    await mkdir(join(folder, "runs"));
    expect(await runCommand(["runs", "list"], folder)).toEqual({
      exitCode: 0,
      stdout: "no runs in runs\n",
      stderr: "",
    });
  });

  test.concurrent("lists a damaged one as such, beside the others", async ({
    expect,
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    await file("runs/0123456789ab/result.json", "{")(folder);
    await file("runs/0123fedcba98/config.json", "{}")(folder);
    expect(await runCommand(["runs", "list"], folder)).toEqual({
      exitCode: 0,
      stdout: [
        "0123456789ab  damaged: `pnpm exp runs verify 0123456789ab` says which file, `pnpm exp runs repair 0123456789ab` mends it or sets it aside\n",
        "0123fedcba98  not finished\n",
      ].join(""),
      stderr: "",
    });
  });

  const none = "expected one run in runs whose id begins so, found none.";
  refuses([
    {
      what: "shows no run that is not there",
      args: "runs show 3f2a",
      exitCode: 1,
      stderr: `run 3f2a: ${none} \`pnpm exp runs list\` shows all.`,
    },
    {
      what: "removes nothing when it is not told what",
      given: file("runs/0123456789ab/config.json", "{}"),
      args: "runs remove",
      exitCode: 2,
      stderr:
        "runs remove: expected the beginning of a run's id, got none. `pnpm exp runs list` shows all.",
    },
    {
      what: "removes nothing by a few characters",
      given: async (folder) => {
        await file("runs/0123456789ab/config.json", "{}")(folder);
        await file("runs/0123fedcba98/config.json", "{}")(folder);
      },
      args: "runs remove 0123",
      exitCode: 2,
      stderr:
        "runs remove 0123: expected at least 6 characters of a run's id, got 4. `pnpm exp runs list` shows all.",
    },
    {
      what: "are not evaluated when none begins so",
      args: "evaluate --run 3f2a --scale smoke",
      exitCode: 1,
      stderr: `run 3f2a: ${none} \`pnpm exp runs list\` shows all.`,
    },
  ]);
});
