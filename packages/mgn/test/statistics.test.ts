import { random } from "@mvt/core";
import type { Results } from "@mvt/core";
import { collapse, collectMaskStatistics, monitorMgn, randomMask } from "@mvt/mgn";
import type { MgnStatistics } from "@mvt/mgn";
import { describe, expect, test } from "vitest";

const statisticsOf = (Mp: Float32Array, patches: number, m = 0.15) => {
  const collector = collectMaskStatistics({ patches, m });
  collector.add(Mp);
  return collector.result();
};

describe("mask statistics", () => {
  test("of uniform masks: no spread, no modes, nothing that position explains", () => {
    const statistics = statisticsOf(new Float32Array(64).fill(0.15), 16);
    expect(statistics.images).toBe(4);
    expect(statistics.meanArea).toBeCloseTo(0.15);
    expect(statistics.areaError).toBeCloseTo(0);
    expect(statistics.spread).toBeCloseTo(0);
    expect(statistics.bimodality).toBe(0);
    expect(statistics.positionShare).toBe(0);
    expect(statistics.saturated).toBe(0);
  });

  test("of binary masks: spread √(m (1 - m)), bimodality 1, all saturated", () => {
    const mask = randomMask(random.stream(1, "masks"), { images: 50, patches: 100, m: 0.2 });
    const statistics = statisticsOf(mask, 100, 0.2);
    expect(statistics.spread).toBeCloseTo(Math.sqrt(0.2 * 0.8));
    expect(statistics.bimodality).toBeCloseTo(1);
    expect(statistics.saturated).toBe(1);
    expect(statistics).toMatchObject({ images: 50, min: 0, max: 1 });
  });

  test("of values uniform on an interval: bimodality 5/9", () => {
    const ramp = Float32Array.from({ length: 1001 }, (_, i) => 0.2 + 0.5 * (i / 1000));
    expect(statisticsOf(ramp, 1001).bimodality).toBeCloseTo(5 / 9, 3);
  });

  test("of normal values: bimodality 1/3", () => {
    const stream = random.stream(4, "normal");
    const values = Float32Array.from({ length: 20_000 }, () => stream.normal(0.5, 0.1));
    expect(statisticsOf(values, 100).bimodality).toBeCloseTo(1 / 3, 2);
  });

  test("position explains everything where all images have one mask, and little where masks are random", () => {
    const one = randomMask(random.stream(1, "one"), { images: 1, patches: 100, m: 0.2 });
    const repeated = Float32Array.from({ length: 4000 }, (_, i) => one[i % 100]!);
    expect(statisticsOf(repeated, 100).positionShare).toBeCloseTo(1);
    const drawn = randomMask(random.stream(1, "many"), { images: 40, patches: 100, m: 0.2 });
    expect(statisticsOf(drawn, 100).positionShare).toBeCloseTo(1 / 40, 2);
  });

  test("measure the area per image: too much here does not make up for too little there", () => {
    const statistics = statisticsOf(Float32Array.of(0.1, 0.1, 0.5, 0.5), 2, 0.3);
    expect(statistics.meanArea).toBeCloseTo(0.3);
    expect(statistics.areaError).toBeCloseTo(0.2);
  });

  test("do not depend on how images are batched, and leave padding out", () => {
    const stream = random.stream(2, "values");
    const Mp = Float32Array.from({ length: 60 }, () => Math.fround(stream.uniform()));
    const collector = collectMaskStatistics({ patches: 10, m: 0.15 });
    collector.add(Mp.subarray(0, 40));
    const padded = Float32Array.from([...Mp.subarray(40), ...Mp.subarray(0, 20)]);
    collector.add(padded, Float32Array.of(1, 1, 0, 0));
    expect(collector.result()).toEqual(statisticsOf(Mp, 10));
  });
});

describe("the monitor of an epoch", () => {
  const monitor = () => monitorMgn({ patches: 2, classes: 2, m: 0.15 });
  const discriminator = (LD: number): Results => ({
    LD: Float32Array.of(LD),
    probabilitiesGm: Float32Array.of(0.9, 0.1, 0.4, 0.6, 0.5, 0.5),
    probabilitiesRm: Float32Array.of(0.1, 0.9, 0.3, 0.7, 0.8, 0.2),
  });
  const generator = (area: number): Results => ({
    LG: Float32Array.of(0.1 + area),
    variance: Float32Array.of(0.1),
    area: Float32Array.of(area),
    Mp: Float32Array.of(0.1, 0.2, 0.1, 0.2, 0.1, 0.2),
  });

  test("averages over samples, so that a short last batch counts less", () => {
    const watched = monitor();
    watched.discriminator(discriminator(1), Int32Array.of(0, 1, 1), Float32Array.of(1, 1, 1));
    watched.discriminator(discriminator(5), Int32Array.of(0, 1, 1), Float32Array.of(1, 0, 0));
    watched.generator(generator(0.2), Float32Array.of(1, 1, 1));
    watched.generator(generator(0.6), Float32Array.of(1, 0, 0));
    const statistics = watched.statistics();
    expect(statistics.LD).toBeCloseTo((3 * 1 + 5) / 4);
    expect(statistics.area).toBeCloseTo((3 * 0.2 + 0.6) / 4);
    expect(statistics.LG).toBeCloseTo(0.1 + (3 * 0.2 + 0.6) / 4);
    expect(statistics.variance).toBeCloseTo(0.1);
    expect(statistics.masks.images).toBe(4);
  });

  test("counts right predictions under both kinds of mask; of equal probabilities the first class counts", () => {
    const watched = monitor();
    watched.discriminator(discriminator(1), Int32Array.of(0, 1, 1), Float32Array.of(1, 1, 1));
    const { accuracyGm, accuracyRm } = watched.statistics();
    expect(accuracyGm).toBeCloseTo(2 / 3);
    expect(accuracyRm).toBeCloseTo(1 / 3);
  });

  test("goes on from its sums, as a checkpoint within the epoch keeps them", () => {
    const labels = Int32Array.of(0, 1, 1);
    const add = (watched: ReturnType<typeof monitor>, value: number, weights: Float32Array) => {
      watched.discriminator(discriminator(value), labels, weights);
      watched.generator(generator(value), weights);
    };
    const [whole, first, second] = [monitor(), monitor(), monitor()];
    for (const watched of [whole, first]) add(watched, 0.7, Float32Array.of(1, 1, 1));
    second.resume(JSON.parse(JSON.stringify(first.sums())));
    for (const watched of [whole, second]) add(watched, 0.1, Float32Array.of(1, 1, 0));
    expect(second.statistics()).toEqual(whole.statistics());
    expect(second.sums()).toEqual(whole.sums());
  });

  test("refuses sums of a monitor for other patches or classes", () => {
    const watched = monitor();
    const { masks, ...others } = watched.sums();
    expect(() => watched.resume({ ...others, masks: masks!.slice(1) })).toThrow(
      `sums of a mask generator's epoch: expected ${masks!.length} of masks, got ${masks!.length - 1}`,
    );
    expect(() => watched.resume(others)).toThrow("of masks, got none");
  });

  test("measures the entropy of the labels", () => {
    const watched = monitor();
    watched.discriminator(discriminator(1), Int32Array.of(0, 1, 0), Float32Array.of(1, 1, 0));
    expect(watched.statistics().labelEntropy).toBeCloseTo(Math.log(2));
  });
});

describe("collapse", () => {
  const healthy: MgnStatistics = {
    LD: 2.1,
    LG: 0.05,
    variance: 0.04,
    area: 0.01,
    accuracyGm: 0.4,
    accuracyRm: 0.7,
    labelEntropy: Math.log(7),
    masks: {
      images: 1000,
      meanArea: 0.16,
      areaError: 0.01,
      spread: 0.12,
      min: 0.01,
      max: 0.9,
      saturated: 0.5,
      bimodality: 0.6,
      positionShare: 0.5,
    },
  };
  const told = (changes: Partial<MgnStatistics>, masks: Partial<MgnStatistics["masks"]> = {}) =>
    collapse(
      { ...healthy, ...changes, masks: { ...healthy.masks, ...masks } },
      { m: 0.15, classes: 7 },
    ).join("\n");

  test("is not told of training that works", () => {
    expect(told({})).toBe("");
  });

  test("is told of uniform masks", () => {
    expect(told({}, { spread: 0.01 })).toMatchInlineSnapshot(
      `"Masks are nearly uniform: within an image M_p varies by 0.010 around 0.16, where binary masks would vary by 0.36. Give the generator a higher learning rate, or the area term a smaller weight."`,
    );
  });

  test("is told of a discriminator at chance", () => {
    expect(told({ LD: 2 * Math.log(7) - 0.02 })).toMatchInlineSnapshot(
      `"The discriminator is at chance: L_D is 3.87; a discriminator that ignores the image scores 3.89 (2 ln 7 = 3.89). Start it from a trained classifier."`,
    );
  });

  test("is told of a discriminator that only knows how frequent classes are", () => {
    expect(told({ LD: 3.3, labelEntropy: 1.65 })).toMatchInlineSnapshot(
      `"The discriminator is at chance: L_D is 3.30; a discriminator that ignores the image scores 3.30 (2 ln 7 = 3.89). Start it from a trained classifier."`,
    );
  });

  test("is told of masks that show nothing, which makes the discriminator fail as well", () => {
    expect(told({}, { meanArea: 0.02 })).toMatchInlineSnapshot(
      `"The area is missed: M_p is 0.02 on average and m is 0.15. Train longer, or give the area term a greater weight."`,
    );
  });

  test("is told of everything at once", () => {
    expect(told({ LD: 3.89 }, { spread: 0, meanArea: 0.5 }).split("\n")).toHaveLength(3);
  });
});
