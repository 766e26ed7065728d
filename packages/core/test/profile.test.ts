/** What ONNX Runtime's profile tells of a program's kernels. */
import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ops, operatorsOnHost, profileKernels } from "@mvt/core";
import type { Program } from "@mvt/core";
import { afterEach, expect, test, vi } from "vitest";

const x = ops.input("x", [8, 8]);
const program: Program = { inputs: [x], outputs: { y: ops.exp(ops.matmul(x, x)) }, state: [] };
afterEach(() => void vi.unstubAllEnvs());

const feeds = { x: new Float32Array(64) };

test("a profile has every kernel of every run, with its time, and leaves no files", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mvt-test-"));
  vi.stubEnv("TMPDIR", folder);
  const kernels = await profileKernels({ threads: 1 }, async (backend) => {
    const executable = await backend.compile(program);
    for (let run = 0; run < 3; run += 1) await executable.run(feeds);
    await executable.dispose();
  });
  const computed = kernels.filter(({ operator }) => operator !== "SequenceEmpty");
  expect(computed.map(({ operator }) => operator)).toEqual(
    Array.from({ length: 3 }, () => ["Gemm", "Exp"]).flat(),
  );
  for (const { provider, seconds } of computed) {
    expect(provider).toBe("CPUExecutionProvider");
    expect(seconds).toBeGreaterThanOrEqual(0);
    expect(seconds).toBeLessThan(1);
  }
  // ONNX Runtime has files of its own there.
  expect((await readdir(folder)).filter((name) => name.startsWith("mvt-"))).toEqual([]);
});

test("on the CPU, all operators run on the host", async () => {
  const counts = await operatorsOnHost(program, "cpu");
  expect(counts.get("Gemm")).toBe(1);
  expect(counts.get("Exp")).toBe(1);
});
