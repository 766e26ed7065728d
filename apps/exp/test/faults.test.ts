/** @file A training whose file operations go wrong: `pnpm faults` tries all of them, this test a few. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = join(import.meta.dirname, "../../../scripts/faults/run.ts");

test(
  "ends with the same bytes after a kill and after an error of the device",
  { tags: ["slow"], timeout: 600_000 },
  async () => {
    const args = [script, "--kinds", "kill,EIO", "--most", "2"];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const lines = stdout.trim().split("\n").slice(-3);
    expect(lines.map((line) => line.split(/ +/).slice(0, 5))).toEqual([
      ["fault", "operations", "same", "bytes", "refused"],
      ["kill", "2", "2", "0", "0"],
      ["EIO", "2", "2", "0", "0"],
    ]);
  },
);
