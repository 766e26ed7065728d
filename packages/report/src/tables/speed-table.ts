/**
 * @file A benchmark as a table: ratios first, then times, memory, growth and the floor's products.
 */
import { sum } from "simple-statistics";
import type { Provenance } from "../provenance.ts";
import { type Growth, peaksOf, powerLaw, timesOf } from "../speed/growth.ts";
import type { SpeedReport, SpeedSetting, TimedProduct } from "../speed/speed-report.ts";
import {
  fastestSeconds,
  imagesPerSecond,
  memoryRatio,
  speedRatio,
  type Timing,
  typicalSeconds,
} from "../speed/timing.ts";
import type { Appendix, Cells, Table } from "../table.ts";
import { number, text } from "./cells.ts";

/** For people. A contestant that a setting lacks is left out of its ratios. */
export function speedTable(report: SpeedReport, provenance: Provenance): Table {
  const { title, settings, growths, notes } = report;
  return {
    title: `Speed: ${title}`,
    columns: [
      { key: "setting", title: "What", kind: "text" },
      { key: "of", title: "Of", kind: "text" },
      { key: "to", title: "To", kind: "text" },
      { key: "speed", title: "Images per second, ratio", kind: "text" },
      { key: "memory", title: "Peak memory, ratio", kind: "text" },
    ],
    rows: settings.flatMap(ratioRows).map((cells) => ({ cells })),
    appendices: [
      ...(settings.length === 0 ? [] : [timesAppendix(settings)]),
      ...growths.map(growthAppendix),
      ...settings.flatMap(productsAppendix),
    ],
    legend: [
      "Ratio of images per second: the median over rounds, with the lowest and the highest of them. In a round each contestant has its turn, and its median step counts. Above 1: the first is the faster one.",
      "Ratio of peak memory: below 1, the first takes less. Every contestant is a process of its own; its memory is the most that was ever resident, with its libraries.",
      "The floor: the step's matrix products and nothing else, each in the time that ONNX Runtime's own profile gives its kernel, with all threads or one, whichever is faster.",
      "Steps on batches, to steps on one batch: what the data pipeline costs while training; 1 is nothing.",
    ],
    notes,
    provenance,
  };
}

/** For machines: one line per contestant and round, every step in it. */
export function speedMeasurements(report: SpeedReport, provenance: Provenance): Table {
  const { title, settings, growths } = report;
  const rows = [
    ...settings.flatMap(({ id, timings }) =>
      timings.flatMap((timing) => measuredRounds({ section: text(id) }, timing)),
    ),
    ...growths.flatMap(({ id, points }) =>
      points.flatMap(({ x, timing }) =>
        measuredRounds({ section: text(`growth-${id}`), x: number(x) }, timing),
      ),
    ),
  ];
  return {
    title: `Speed: ${title}, every step`,
    columns: [
      { key: "section", title: "Section", kind: "text" },
      { key: "x", title: "x", kind: "number" },
      { key: "contestant", title: "Contestant", kind: "text" },
      { key: "batch", title: "Images per step", kind: "number" },
      { key: "round", title: "Round", kind: "number" },
      { key: "seconds", title: "Seconds of each step", kind: "list" },
      { key: "peak_bytes", title: "Peak memory (bytes)", kind: "number" },
    ],
    rows: rows.map((cells) => ({ cells })),
    legend: [],
    notes: [],
    provenance,
  };
}

function ratioRows({ title, timings, pairs }: SpeedSetting): readonly Cells[] {
  const named = new Map(timings.map((timing) => [timing.contestant, timing]));
  return pairs.flatMap(({ of, to }) => {
    const [one, other] = [named.get(of), named.get(to)];
    const ratio = one && other && speedRatio(one, other);
    if (ratio === undefined) return [];
    const memory = memoryRatio(one!, other!);
    const { median, least, most, rounds } = ratio;
    const range =
      rounds === 1 ? "one round" : `${digits(least)} to ${digits(most)}, ${rounds} rounds`;
    return {
      setting: text(title),
      of: text(nameIn(one!, other!)),
      to: text(nameIn(other!, one!)),
      speed: text(`${digits(median)} (${range})`),
      ...(memory === undefined ? {} : { memory: text(digits(memory)) }),
    };
  });
}

/** With its batch where the two differ in that. */
function nameIn({ title, batchSize }: Timing, other: Timing): string {
  return batchSize === other.batchSize ? title : `${title}, batch ${batchSize}`;
}

function timesAppendix(settings: readonly SpeedSetting[]): Appendix {
  return {
    heading: "Times and memory",
    columns: [
      { key: "setting", title: "What", kind: "text" },
      { key: "contestant", title: "By", kind: "text" },
      { key: "batch", title: "Images per step", kind: "number" },
      ...timeColumns,
    ],
    rows: settings.flatMap(({ title, timings }) =>
      timings.map((timing) => ({
        setting: text(title),
        contestant: text(timing.title),
        batch: number(timing.batchSize),
        ...timeCells(timing),
      })),
    ),
  };
}

function growthAppendix(growth: Growth): Appendix {
  const { quantity, what, points } = growth;
  const laws = [
    ["time", powerLaw(timesOf(growth))],
    ["peak memory", powerLaw(peaksOf(growth))],
  ] as const;
  const fits = laws.flatMap(([of, law]) =>
    law === undefined ? [] : `${of} ∝ x^${law.exponent.toFixed(2)}`,
  );
  return {
    heading: `Growth with ${quantity}`,
    text: [
      `${points[0]?.timing.title ?? "Nobody"}: ${what}. One process after another, so that a drift of the machine is in these numbers.`,
      ...(fits.length > 0
        ? [`Least squares of the logarithms, x the ${quantity}: ${fits.join(", ")}.`]
        : []),
    ].join(" "),
    columns: [{ key: "x", title: capitalized(quantity), kind: "number" }, ...timeColumns],
    rows: points.map(({ x, timing }) => ({ x: number(x), ...timeCells(timing) })),
  };
}

/** The share of the floor that the products shown add up to; the many others are small. */
const shownShare = 0.99;

function productsAppendix({ title, products }: SpeedSetting): readonly Appendix[] {
  if (products === undefined) return [];
  const costOf = ({ count, seconds }: TimedProduct) => count * seconds;
  const total = sum(products.map(costOf));
  const order = products.toSorted((a, b) => costOf(b) - costOf(a));
  const dear = order.filter((_, i) => sum(order.slice(0, i).map(costOf)) < shownShare * total);
  return [
    {
      heading: `The floor's matrix products: ${title}`,
      text: `${products.length} shapes; the ${dear.length} dearest, which take ${100 * shownShare} % of ${total.toPrecision(3)} s.`,
      columns: [
        { key: "count", title: "Times", kind: "number" },
        { key: "shape", title: "Product", kind: "text" },
        { key: "milliseconds", title: "ms", kind: "number" },
        { key: "speed", title: "GFLOP/s", kind: "number" },
        { key: "threads", title: "Threads", kind: "number" },
      ],
      rows: dear.map(({ shape, count, flop, seconds, threads }) => ({
        count: number(count),
        shape: text(shape),
        milliseconds: number(Number((1000 * seconds).toFixed(3))),
        speed: number(Math.round(flop / seconds / 1e9)),
        threads: number(threads),
      })),
    },
  ];
}

const timeColumns = [
  { key: "typical", title: "Median step (s)", kind: "number" },
  { key: "fastest", title: "Fastest (s)", kind: "number" },
  { key: "rate", title: "Images per second", kind: "number" },
  { key: "peak", title: "Peak memory (MiB)", kind: "number" },
] as const;

function timeCells(timing: Timing): Cells {
  const { peak } = timing;
  const rounded = (value: number) => number(Number(value.toPrecision(4)));
  return {
    typical: rounded(typicalSeconds(timing)),
    fastest: rounded(fastestSeconds(timing)),
    rate: rounded(imagesPerSecond(timing)),
    ...(peak === undefined ? {} : { peak: number(Math.round(peak / 2 ** 20)) }),
  };
}

function measuredRounds(about: Cells, timing: Timing): readonly Cells[] {
  const { contestant, batchSize, rounds, peak } = timing;
  return rounds.flatMap((seconds, i) =>
    seconds.length === 0
      ? []
      : {
          ...about,
          contestant: text(contestant),
          batch: number(batchSize),
          round: number(i + 1),
          seconds: { kind: "list", values: seconds.map((value) => value.toFixed(6)) },
          ...(peak === undefined ? {} : { peak_bytes: number(peak) }),
        },
  );
}

/** Two decimals below ten, none above a hundred. */
function digits(ratio: number): string {
  return ratio.toFixed(ratio < 10 ? 2 : ratio < 100 ? 1 : 0);
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
