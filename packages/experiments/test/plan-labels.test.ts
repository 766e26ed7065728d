/** @file What a planned run's configuration and title say of its labels, and what is refused. */
import { describe, expect, test } from "vitest";
import type { PreparedData } from "../src/data/prepared.ts";
import type { PreparedSets } from "../src/data/prepared-sets.ts";
import { numerics } from "../src/settings/numerics.ts";
import { runId } from "../src/settings/run-config.ts";
import { noiseSource } from "../src/studies/plan-labels.ts";
import type { NoiseRequest } from "../src/studies/plan-labels.ts";
import { createPlanner } from "../src/studies/planner.ts";
import type { PlanRequest } from "../src/studies/planner.ts";
import { smokeRequest } from "./fixtures/plan-request.ts";
import { drawnSet, imageSize, realSet } from "./fixtures/memory-set.ts";

const drawn = drawnSet();
const real = realSet();

describe("a planned run", () => {
  /** Plans on `data` whatever is asked for. */
  const plannerFor = (data: PreparedData, request: Partial<PlanRequest> = {}) => {
    const sets: PreparedSets = {
      request: smokeRequest,
      get: () => Promise.resolve(data),
      synthetic: () => Promise.resolve(data),
    };
    return createPlanner({ ...smokeRequest, ...request }, sets);
  };
  const spec = { dataset: "raf-db", seed: 0 } as const;
  const noise: NoiseRequest = { kind: "symmetric", rate: 0.2, seed: 0 };

  test("has the number of the numerics in its configuration, and with it in its id", async () => {
    const planner = plannerFor(real);
    const planned = [
      await planner.classifier(spec),
      await planner.maskGenerator({ ...spec, m: 0.2 }),
    ];
    for (const { id, config } of planned) {
      expect(config.numerics).toBe(numerics);
      expect(runId({ ...config, numerics: numerics + 1 })).not.toBe(id);
    }
  });

  test("has its noise in its configuration, id and title", async () => {
    const plain = await plannerFor(real).classifier(spec);
    const noisy = await plannerFor(real, { noise }).classifier(spec);
    expect(plain.config).not.toHaveProperty("noise");
    expect(noisy.config.noise).toEqual({ kind: "symmetric", rate: 0.2, seed: 0 });
    expect(noisy.title).toBe("RAF-DB, 20 % symmetric noise, no relabelling, seed 0");
    const others = [{ rate: 0.3 }, { kind: "pair" as const }, { seed: 1 }];
    const ids = await Promise.all(
      others.map(async (changed) => {
        const { id } = await plannerFor(real, { noise: { ...noise, ...changed } }).classifier(spec);
        return id;
      }),
    );
    expect(new Set([plain.id, noisy.id, ...ids]).size).toBe(5);
  });

  test("has the noise of its own request before that of the command", async () => {
    const planner = plannerFor(real, { noise });
    const { config } = await planner.classifier({ ...spec, noise: { ...noise, rate: 0.3 } });
    expect(config.noise).toMatchObject({ rate: 0.3 });
  });

  test("without noise is the run at rate 0", async () => {
    const none = await plannerFor(real, { noise: { ...noise, rate: 0 } }).classifier(spec);
    expect(none.id).toBe((await plannerFor(real).classifier(spec)).id);
  });

  test("on true labels keeps the noise that its validation labels have", async () => {
    const { config, title } = await plannerFor(real, { noise }).classifier({
      ...spec,
      trueLabels: true,
    });
    expect(config).toMatchObject({ labels: "true", noise: { rate: 0.2 } });
    expect(title).toBe(
      "RAF-DB, true labels, 20 % symmetric noise in validation, no relabelling, seed 0",
    );
  });

  test("on true labels with clean validation is one run at every rate", async () => {
    const ids = await Promise.all(
      [0, 0.1, 0.3].map(async (rate) => {
        const planner = plannerFor(real, { noise: { ...noise, rate }, validationLabels: "clean" });
        return (await planner.classifier({ ...spec, trueLabels: true })).id;
      }),
    );
    expect(new Set(ids)).toEqual(new Set([(await plannerFor(real).classifier(spec)).id]));
  });

  test("on true labels is another run than on drawn-in noise", async () => {
    const planner = plannerFor(drawn);
    const { config } = await planner.classifier({ ...spec, trueLabels: true });
    expect(config).toMatchObject({ labels: "true" });
    expect(config).not.toHaveProperty("noise");
    expect(runId(config)).not.toBe((await planner.classifier(spec)).id);
  });

  test("on clean validation labels says so, where that makes a difference", async () => {
    const request = { validationLabels: "clean" } as const;
    const { config } = await plannerFor(drawn, request).classifier(spec);
    expect(config.validationLabels).toBe("clean");
    const noisy = await plannerFor(real, { ...request, noise }).classifier(spec);
    expect(noisy.title).toContain("20 % symmetric noise, clean validation labels");
  });

  test("with masks gives its generator and their start the same labels", async () => {
    const planned = await plannerFor(real, { noise }).classifier({ ...spec, mgn: { m: 0.25 } });
    const [generator] = planned.after;
    const [start] = generator!.after;
    expect([planned, generator!, start!].map(({ config }) => config.noise)).toEqual([
      planned.config.noise,
      planned.config.noise,
      planned.config.noise,
    ]);
  });

  test("comes after the planned run that its noise comes from, and so does its generator", async () => {
    const planner = plannerFor(real);
    const from = await planner.classifier({ ...spec, seed: 7 });
    const instance = { kind: "instance", rate: 0.2, seed: 0, from: noiseSource(from) } as const;
    // Pictures of 16 pixels stand in for those of the scale.
    const fitting = { ...instance, from: { ...instance.from, imageSize } };
    const planned = await planner.classifier({ ...spec, noise: fitting, mgn: { m: 0.25 } });
    expect(planned.config.noise).toEqual({
      kind: "instance",
      rate: 0.2,
      seed: 0,
      from: { run: from.id },
    });
    const generator = planned.after.find(({ config }) => config.kind === "mgn");
    for (const run of [planned, generator!])
      expect(run.after.map(({ id }) => id)).toContain(from.id);
  });

  test("keeps a matrix in the order of its data's classes", async () => {
    const names = real.classes.toReversed();
    const rows = names.map((_, i) => names.map((__, j) => 10 * i + j));
    const pair: NoiseRequest = {
      ...noise,
      kind: "pair",
      matrix: { path: "m.csv", classes: names, rows },
    };
    const { config } = await plannerFor(real, { noise: pair }).classifier(spec);
    const { matrix } = { matrix: undefined, ...config.noise };
    expect(matrix?.[0]).toEqual([66, 65, 64, 63, 62, 61, 60]);
  });

  test("of a list has the hash of its content and what it does", async () => {
    const ids = real.dataset.splits.train.map(({ id }) => id);
    const [first] = real.train.ids;
    const line = (id: string, number: number) => ({
      where: "list.txt:1",
      name: `${id}.jpg`,
      number,
    });
    const listOf = (right: number) => ({
      path: "list.txt",
      lines: ids.map((id, i) => {
        const own = real.classes.indexOf(real.dataset.splits.train[i]!.expression);
        return line(id, 1 + (id === first ? (own + right) % 7 : own));
      }),
    });
    const planned = await plannerFor(real, { noise: { kind: "list", list: listOf(1) } }).classifier(
      spec,
    );
    expect(planned.config.noise).toMatchObject({ kind: "list", wrong: 1, unlisted: 0 });
    expect(planned.listed?.size).toBe(ids.length);
    const other = await plannerFor(real, { noise: { kind: "list", list: listOf(2) } }).classifier(
      spec,
    );
    expect(other.id).not.toBe(planned.id);
  });

  test.each([
    [
      "true labels of data whose truth nobody knows",
      () => plannerFor(real).classifier({ ...spec, trueLabels: true }),
      "RAF-DB: expected data whose wrong labels are known for true labels, found labels of unknown quality. Put noise into them with --noise, or leave the option out.",
    ],
    [
      "clean validation labels of such data",
      () => plannerFor(real, { validationLabels: "clean" }).classifier(spec),
      "RAF-DB: expected data whose wrong labels are known for clean validation labels",
    ],
    [
      "noise from a run that lacks a class",
      () =>
        plannerFor(real, {
          noise: {
            ...noise,
            kind: "instance",
            from: { id: "0123456789ab", imageSize, classes: ["fear", "anger"] },
          },
        }).classifier(spec),
      "--noise-from 0123456789ab: expected a run that knows the classes of RAF-DB, found none of surprise, disgust, happiness, sadness, neutral in it.",
    ],
    [
      "noise from a run on images of another size",
      () =>
        plannerFor(real, {
          noise: {
            ...noise,
            kind: "instance",
            from: { id: "0123456789ab", imageSize: 48, classes: real.classes },
          },
        }).classifier(spec),
      "--noise-from 0123456789ab: expected a run on images of 16 x 16 pixels, found one on 48 x 48.",
    ],
  ])("refuses %s", async (_, plan, message) => {
    await expect(plan()).rejects.toThrow(message);
  });
});
