/** @file What the benchmark knows of the machine and of the step's products. */
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deit } from "@mvt/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { cpuFeatures } from "../src/bench/cpu-features.ts";
import { floorOf, secondsOf } from "../src/bench/floor.ts";
import { programOf } from "../src/bench/workload.ts";
import { temporaryFolder } from "./fixtures/folder.ts";

describe("the processor's features", () => {
  test("are the telling ones that the system lists", async () => {
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
  () => {
    const taken = Buffer.alloc(400 * 2 ** 20, 1);
    const module = join(import.meta.dirname, "../src/bench/peak-memory.ts");
    const script = `import(${JSON.stringify(module)}).then((m) => console.log(m.peakMemory()))`;
    const peak = Number(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }));
    expect(peak).toBeGreaterThan(2 ** 20);
    expect(peak).toBeLessThan(taken.length);
  },
);

describe("the floor", () => {
  test("has every product of the step, and settles on a number of threads for each", async () => {
    const model = { ...deit.variants.nano, depth: 2, classes: 7 };
    const floor = floorOf(programOf({ kind: "evaluate", model, batchSize: 2 }), 2);
    const first = await floor.time();
    const second = await floor.time();
    expect(second.map(({ threads }) => threads)).toEqual(first.map(({ threads }) => threads));
    expect(secondsOf(first)).toBeGreaterThan(0);
    // [B T, D] x [D, 4 D]ᵀ of the classifier's first block: T = 37 tokens of width 64, MLP ratio 2.
    const flop = 2 * (2 * 37) * 64 * 128;
    expect(first).toContainEqual(
      expect.objectContaining({ shape: "[74, 64] x [128, 64]ᵀ", count: 1, flop }),
    );
  });
});
