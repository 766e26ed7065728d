import { random } from "@mvt/core";
import type { Weights } from "@mvt/core";
import { alternatingMgn, type AlternatingMgn, randomMask } from "@mvt/mgn";
import { describe, expect, test } from "vitest";
import { backend } from "./support/evaluate.ts";
import { B, m, N, smallBatch, smallMgn } from "./support/small.ts";

const feedsOf = (step: number) => ({
  ...smallBatch(),
  randomMask: randomMask(random.stream(1, `random-mask/${step}`), { images: B, patches: N, m }),
  learningRate: Float32Array.of(5e-3),
  step: Float32Array.of(step),
});

async function withMgn<Result>(
  use: (training: AlternatingMgn, weights: Weights) => Promise<Result>,
): Promise<Result> {
  const { weights, ...mgn } = smallMgn({ headBias: "zero" });
  const training = await alternatingMgn(backend, mgn, { batchSize: B });
  try {
    await training.writeState(weights);
    return await use(training, weights);
  } finally {
    await training.dispose();
  }
}

async function alternate(training: AlternatingMgn, steps: number, first = 1) {
  const areas: number[] = [];
  for (let step = first; step < first + steps; step += 1) {
    await training.discriminatorStep(feedsOf(step));
    areas.push((await training.generatorStep(feedsOf(step)))["area"]![0]!);
  }
  return areas;
}

describe("alternating training", () => {
  test("brings M_avg to m", () =>
    withMgn(async (training) => {
      const areas = await alternate(training, 40);
      const last = areas.slice(-10).reduce((a, b) => a + b) / 10;
      expect(areas[0]).toBeGreaterThan(0.2); // from about one half, with m = 0.3
      expect(last).toBeLessThan(areas[0]! / 4);
    }));

  test("shows each side what the other has learnt", () =>
    withMgn(async (training) => {
      const learning = feedsOf(1);
      const looking = { ...learning, learningRate: new Float32Array(1) };
      const answers = async () => (await training.generatorStep(looking))["probabilitiesGm"]!;
      const masks = async () => (await training.discriminatorStep(looking))["Mp"]!;

      const [firstAnswers, firstMasks] = [await answers(), await masks()];
      await training.discriminatorStep(learning);
      expect(await answers()).not.toBeAllClose(firstAnswers, { rtol: 1e-3 });
      expect(await masks()).toBeAllClose(firstMasks, { rtol: 1e-6 });
      await training.generatorStep(learning);
      expect(await masks()).not.toBeAllClose(firstMasks, { rtol: 1e-3 });
    }));

  test("goes on where its state was read, weight for weight", () =>
    withMgn(async (training, weights) => {
      await alternate(training, 3);
      const saved = await training.readState();
      await alternate(training, 2, 4);
      const straight = await training.readState();
      await training.writeState(weights); // somewhere else in between
      await training.writeState(saved);
      await alternate(training, 2, 4);
      expect(await training.readState()).toEqual(straight);
      expect(straight).not.toEqual(saved);
    }));

  test("keeps the moments of a side that is shown the other's weights", () =>
    withMgn(async (training) => {
      await alternate(training, 1);
      const afterGenerator = await training.readState();
      await training.discriminatorStep(feedsOf(2));
      const afterDiscriminator = await training.readState();
      for (const moment of ["m", "v"]) {
        const [D, G] = ["discriminator", "generator"].map(
          (side) => `adamw.${moment}/${side}.norm.weight`,
        ) as [string, string];
        expect(afterGenerator.get(D)!.data.every((value) => value !== 0)).toBe(true);
        expect(afterDiscriminator.get(G)!.data.every((value) => value !== 0)).toBe(true);
      }
    }));

  test("takes steps in any ratio", () =>
    withMgn(async (training) => {
      await training.discriminatorStep(feedsOf(1));
      await training.discriminatorStep(feedsOf(2));
      const D = await training.readState();
      await training.generatorStep(feedsOf(1));
      await training.generatorStep(feedsOf(2));
      const G = await training.readState();
      const changed = [...D.keys()].filter(
        (name) =>
          !name.startsWith("adamw.") && D.get(name)!.data.join() !== G.get(name)!.data.join(),
      );
      expect(changed.length).toBeGreaterThan(0);
      expect(changed.every((name) => name.startsWith("generator."))).toBe(true);
    }));
});
