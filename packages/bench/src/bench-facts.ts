/** @file What `bench --json` and `bench predict --json` write. Times are in seconds, memory in bytes. */
import {
  fastestSeconds,
  imagesPerSecond,
  medianSeconds,
  memoryRatio,
  speedRatio,
} from "@mvt/report";
import type { SpeedReport, SpeedSetting, Timing } from "@mvt/report";
import { z } from "zod";
import type { PredictionTimes } from "./workloads/prediction.ts";

const timing = {
  seconds: z.number().describe("the median step"),
  fastest: z.number().describe("the fastest step"),
  imagesPerSecond: z.number().describe("images per second of the median step"),
  peak: z.number().optional().describe("peak memory of its process, where it was measured"),
};

export const benchJson = z.object({
  title: z.string().describe("what was timed"),
  settings: z
    .array(
      z.object({
        id: z.string().describe("the computation, as the CSV names it"),
        title: z.string().describe("the computation, for people"),
        timings: z
          .array(
            z.object({
              id: z.string().describe("an implementation"),
              title: z.string().describe("the implementation, for people"),
              batchSize: z.int().describe("images per step"),
              rounds: z.int().describe("rounds that it was part of"),
              ...timing,
            }),
          )
          .describe("every implementation that was timed"),
        ratios: z
          .array(
            z.object({
              of: z.string().describe("id of an implementation"),
              to: z.string().describe("id of the one that it is compared with"),
              speed: z.number().describe("images per second, ratio: the median of the rounds"),
              least: z.number().describe("the lowest round"),
              most: z.number().describe("the highest round"),
              rounds: z.int().describe("rounds that both were part of"),
              memory: z.number().optional().describe("peak memory, ratio, where both are known"),
            }),
          )
          .describe("implementations compared"),
      }),
    )
    .describe("computations, each by several implementations"),
  scalings: z
    .array(
      z.object({
        id: z.string().describe("the quantity, as the CSV names it"),
        quantity: z.string().describe("the quantity that grows, for people"),
        what: z.string().describe("what is timed"),
        points: z
          .array(z.object({ x: z.number().describe("the quantity"), ...timing }))
          .describe("by rising quantity"),
      }),
    )
    .describe("how time and memory grow with a quantity"),
  software: z.array(z.string()).readonly().describe("what computed, with versions"),
  notes: z.array(z.string()).readonly().describe("what one must know about the numbers"),
});

export const benchPredictJson = z.object({
  title: z.string().describe("the model"),
  imageSize: z.int().describe("pixels along the side of an image"),
  precision: z.string().describe("how its weights are stored"),
  masks: z.boolean().describe("whether it has a mask generator"),
  threads: z.int().describe("threads of every engine"),
  images: z.int().describe("images whose throughput was timed"),
  engines: z
    .array(
      z.object({
        name: z.string().describe("`mvt`, or PyTorch with its version"),
        latency: z
          .object({
            median: z.number().describe("the median"),
            least: z.number().describe("the fastest"),
            most: z.number().describe("the slowest"),
          })
          .describe("of one image"),
        imagesPerSecond: z.number().describe("of all images in batches of 32"),
      }),
    )
    .describe("this project, and PyTorch with `--python`"),
});

export function benchFacts(
  { title, settings, scalings, notes }: SpeedReport,
  software: readonly string[],
): z.input<typeof benchJson> {
  return {
    title,
    settings: settings.map((setting) => ({
      id: setting.id,
      title: setting.title,
      timings: setting.timings.map((one) => ({
        id: one.id,
        title: one.title,
        batchSize: one.batchSize,
        rounds: one.rounds.filter((steps) => steps.length > 0).length,
        ...timingFacts(one),
      })),
      ratios: ratiosOf(setting),
    })),
    scalings: scalings.map(({ id, quantity, what, points }) => ({
      id,
      quantity,
      what,
      points: points.map((point) => ({ x: point.x, ...timingFacts(point.timing) })),
    })),
    software,
    notes,
  };
}

function timingFacts(one: Timing) {
  return {
    seconds: medianSeconds(one),
    fastest: fastestSeconds(one),
    imagesPerSecond: imagesPerSecond(one),
    peak: one.peak,
  };
}

function ratiosOf({ timings, pairs }: SpeedSetting) {
  const byId = new Map(timings.map((one) => [one.id, one]));
  return pairs.flatMap(({ of, to }) => {
    const [one, other] = [byId.get(of), byId.get(to)];
    const ratio = one && other && speedRatio(one, other);
    if (ratio === undefined) return [];
    const { median, least, most, rounds } = ratio;
    return { of, to, speed: median, least, most, rounds, memory: memoryRatio(one!, other!) };
  });
}

/** The times of an engine. */
export const engineFacts = (name: string, { latency, throughput }: PredictionTimes) => ({
  name,
  latency,
  imagesPerSecond: throughput,
});
