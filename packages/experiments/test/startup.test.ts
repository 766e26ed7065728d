/** @file What a command loads before it needs it: starting takes most of its time, so nothing that is heavy. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

/** Packages that only training, images, models and threads need. */
const heavy = ["onnxruntime-node", "@bufbuild/protobuf", "sharp", "piscina", "vega", "yauzl"];

const listing = fileURLToPath(new URL("fixtures/list-packages.js", import.meta.url));
const exp = fileURLToPath(new URL("../../../apps/exp/src/main.js", import.meta.url));
const execute = promisify(execFile);

/** The packages of node_modules that a process loads. */
async function packagesOf(args: readonly string[]): Promise<readonly string[]> {
  const { stderr } = await execute(process.execPath, ["--import", listing, ...args]);
  return JSON.parse(stderr.trim().split("\n").at(-1)!) as string[];
}

describe("nothing heavy is loaded", () => {
  test.for(["table2 --help", "runs --help", "evaluate --help"])(
    "by `pnpm exp %s`",
    async (words) => {
      const packages = await packagesOf([exp, ...words.split(" ")]);
      expect(packages).toContain("yargs");
      expect(packages.filter((name) => heavy.includes(name))).toEqual([]);
    },
  );

  test.for(["core", "datasets", "report"])("by the import of @mvt/%s", async (name) => {
    const index = new URL(`../../${name}/src/index.ts`, import.meta.url).href;
    const packages = await packagesOf(["--input-type=module", "--eval", `import "${index}"`]);
    expect(packages.filter((each) => heavy.includes(each))).toEqual([]);
  });
});
