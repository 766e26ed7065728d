/** @file ONNX Runtime's telemetry is off: no command leaves a device id or events in a new user's folders. */
import { join } from "node:path";
import { runCommand } from "@mvt/testing/command-line";
import { filesBelow, temporaryFolder } from "@mvt/testing/folder";
import { describe, expect, type TestContext, test } from "vitest";

/** Runs a command as a user whose home and cache folders are empty, and returns the files that it left there. */
async function filesLeftBy(
  args: string,
  { onTestFinished }: TestContext,
): Promise<readonly string[]> {
  const home = await temporaryFolder(onTestFinished);
  const work = await temporaryFolder(onTestFinished);
  const { exitCode, stderr } = await runCommand(args.split(" "), work, {
    HOME: home,
    USERPROFILE: home,
    ...Object.fromEntries(
      ["CACHE", "CONFIG", "DATA", "STATE"].map((name) => [
        `XDG_${name}_HOME`,
        join(home, name.toLowerCase()),
      ]),
    ),
    CI: "", // ONNX Runtime sends nothing from continuous integration
    ORT_DISABLE_TELEMETRY: "", // as if it were not set: it is for the other tests
  });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return filesBelow(home);
}

describe("a new user's home", () => {
  test("stays empty after a command that runs ONNX Runtime", async (context) => {
    expect(await filesLeftBy("doctor", context)).toEqual([]);
  });

  test(
    "stays empty after a training, which runs it in other threads",
    { tags: ["slow"] },
    async (context) => {
      expect(await filesLeftBy("train --scale smoke", context)).toEqual([]);
    },
  );
});
