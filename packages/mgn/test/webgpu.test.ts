/** Both sides of MGN on the WebGPU device, against the CPU. */
import { operatorsOnHost, random } from "@mvt/core";
import type { Backend, Results } from "@mvt/core";
import { alternatingMgn, discriminatorProgram, generatorProgram, randomMask } from "@mvt/mgn";
import { describe, expect, test } from "vitest";
import { backend as cpu } from "./support/evaluate.ts";
import { B, m, N, smallBatch, smallMgn } from "./support/small.ts";
import { webgpu } from "./support/webgpu.ts";

/** Steps of both sides in turn; what each handed back, and the state after them. */
async function alternate(backend: Backend, steps: number) {
  const { weights, ...mgn } = smallMgn();
  const training = await alternatingMgn(backend, mgn, { batchSize: B });
  await training.writeState(weights);
  const results: Results[] = [];
  for (let step = 1; step <= steps; step += 1) {
    const mask = random.stream(1, `random-mask/${step}`);
    const feeds = {
      ...smallBatch(),
      randomMask: randomMask(mask, { images: B, patches: N, m }),
      learningRate: Float32Array.of(5e-3),
      step: Float32Array.of(step),
    };
    results.push(await training.discriminatorStep(feeds), await training.generatorStep(feeds));
  }
  const state = await training.readState();
  await training.dispose();
  return { results, state };
}

describe.skipIf(webgpu === undefined)("MGN on webgpu", () => {
  const slow = { tags: ["slow"], timeout: 300_000 }; // SwiftShader compiles kernels for seconds on an idle core

  test("has the losses, masks and probabilities of the cpu, step by step", slow, async () => {
    const [here, there] = [await alternate(webgpu!, 3), await alternate(cpu, 3)];
    for (const [i, results] of there.results.entries()) {
      for (const [name, values] of Object.entries(results)) {
        expect(here.results[i]![name]!, `${name}, ${i}`).toBeAllClose(values, {
          rtol: 1e-3,
          atol: 1e-5,
        });
      }
    }
    expect([...here.state.keys()].toSorted()).toEqual([...there.state.keys()].toSorted());
  });

  for (const [side, programOf] of Object.entries({ discriminatorProgram, generatorProgram })) {
    test(`runs no operator of the ${side} on the host`, slow, async () => {
      const program = programOf(smallMgn(), { batchSize: B });
      expect(await operatorsOnHost(program, "webgpu")).toEqual(new Map());
    });
  }
});
