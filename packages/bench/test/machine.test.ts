/** @file What the system says of the processor and of the memory of this process. */
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { cpuFeatures } from "../src/machine.ts";
import { temporaryFolder } from "@mvt/testing/folder";

describe("the processor's features", () => {
  test("are those that matter, of the ones that the system lists", async () => {
    const path = join(await temporaryFolder(onTestFinished), "cpuinfo");
    await writeFile(path, "processor\t: 0\nflags\t\t: fpu sse2 avx512f avx2 fma\nbogomips\t: 1\n");
    expect(cpuFeatures(path)).toEqual(["avx2", "fma", "avx512f"]);
    await writeFile(path, "processor\t: 0\nFeatures\t: fp asimd aes sve\n");
    expect(cpuFeatures(path)).toEqual(["asimd", "sve"]);
  });

  test("are none where it lists nothing", () => {
    expect(cpuFeatures("/no/such/file")).toEqual([]);
  });
});

test.runIf(process.platform === "linux")(
  "peak memory is the program's own, not that of the process that started it",
  { timeout: 60_000 },
  () => {
    const taken = Buffer.alloc(400 * 2 ** 20, 1);
    const module = join(import.meta.dirname, "../src/machine.ts");
    const script = `import(${JSON.stringify(module)}).then((m) => console.log(m.peakMemory()))`;
    const peak = Number(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }));
    expect(peak).toBeGreaterThan(2 ** 20);
    expect(peak).toBeLessThan(taken.length);
  },
);
