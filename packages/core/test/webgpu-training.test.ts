/** Training with all state on the WebGPU device, against the CPU. */
import { nn, operatorsOnHost } from "@mvt/core";
import { afterEach, describe, expect, test, vi } from "vitest";
import { backend as cpu } from "./support/evaluate.ts";
import {
  drawBatch,
  parameters,
  train,
  trainingStep,
  trainWholeAndHalved,
} from "./support/small-training.ts";
import { watchTraffic } from "./support/traffic.ts";
import { webgpu } from "./support/webgpu.ts";

const batches = Array.from({ length: 50 }, (_, i) => drawBatch(`batch ${i}`));
const slow = { tags: ["slow"], timeout: 300_000 }; // SwiftShader compiles kernels for seconds on an idle core

describe.skipIf(webgpu === undefined)("a training step on webgpu", () => {
  test("runs no operator on the host", slow, async () => {
    expect(await operatorsOnHost(trainingStep, "webgpu")).toEqual(new Map());
  });

  test(
    "gives the weights that the cpu gives, with AdamW in the graph here and after it there",
    slow,
    async () => {
      const [here, there] = [
        await train(webgpu!, trainingStep, batches.slice(0, 8)),
        await train(cpu, trainingStep, batches.slice(0, 8)),
      ];
      expect([...here.state.keys()].toSorted()).toEqual([...there.state.keys()].toSorted());
      for (const [name, { data }] of there.state) {
        expect(here.state.get(name)!.data, name).toBeAllClose(data, { rtol: 1e-3, atol: 1e-5 });
      }
    },
  );

  test("has the losses of the cpu for 50 steps, to a thousandth", slow, async () => {
    const { losses } = await train(webgpu!, trainingStep, batches);
    const expected = await train(cpu, trainingStep, batches);
    expect(losses).toBeAllClose(expected.losses, { rtol: 1e-3 });
  });

  test("goes on from a state that was read to the very same weights", slow, async () => {
    const { whole, halved } = await trainWholeAndHalved(webgpu!, trainingStep, batches);
    expect(halved.losses).toEqual(whole.losses);
    for (const [name, { data }] of whole.state) {
      expect(halved.state.get(name)!.data, name).toEqual(data);
    }
  });

  test(
    "takes the batch, and hands back loss and probabilities: no state crosses, none is left behind",
    slow,
    async () => {
      const executable = await webgpu!.compile(trainingStep);
      await executable.writeState(nn.initialWeights(parameters, 3));
      const { runs, alive } = watchTraffic();
      const counts: number[] = [];
      for (const [i, batch] of batches.slice(0, 4).entries()) {
        await executable.run({ ...batch, step: Float32Array.of(i + 1) });
        counts.push(alive.size);
      }
      const { images, labels, weights } = batches[0]!;
      const scalars = 2 * 4; // learning rate and step
      const fed = images.byteLength + labels.byteLength + weights.byteLength + scalars;
      const fetched = 4 + 4 * 3 * 4; // loss, and probabilities of four images in three classes
      expect(runs).toEqual(batches.slice(0, 4).map(() => ({ fed, fetched })));
      const slots = 3 * parameters.length; // a parameter and its two moments
      expect(counts).toEqual([slots, slots, slots, slots]);
      await executable.dispose();
      expect(alive.size).toBe(0);
    },
  );

  test("gives its weights to another program without their leaving the device", slow, async () => {
    const [from, to] = [await webgpu!.compile(trainingStep), await webgpu!.compile(trainingStep)];
    await from.writeState(nn.initialWeights(parameters, 3));
    await to.writeState(nn.initialWeights(parameters, 4));
    const { runs } = watchTraffic();
    const names = parameters.slice(2).map(({ name }) => name);
    await to.copyState!(from, names);
    expect(runs).toEqual([{ fed: 0, fetched: 0 }]);
    const [theirs, own] = [nn.initialWeights(parameters, 3), nn.initialWeights(parameters, 4)];
    const state = await to.readState();
    for (const { name } of parameters) {
      const expected = (names.includes(name) ? theirs : own).get(name)!.data;
      expect(state.get(name)!.data, name).toEqual(expected);
    }
    await from.dispose();
    await to.dispose();
  });

  afterEach(() => vi.restoreAllMocks());
});
