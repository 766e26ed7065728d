/** @file A benchmark as a table: ratios first, then times, memory, scaling and the matrix products alone. */
import { sum } from "@mvt/common";
import { list, number, text } from "../columns.ts";
import type { Provenance } from "../provenance.ts";
import type { Appendix, Cells, Table } from "../table.ts";
import { peaksOf, powerLaw, type Scaling, timesOf } from "./scaling.ts";
import type { SpeedReport, SpeedSetting, TimedProduct } from "./speed-report.ts";
import {
  fastestSeconds,
  imagesPerSecond,
  medianSeconds,
  memoryRatio,
  speedRatio,
  type Timing,
} from "./timing.ts";

/** For people. Ratios of an implementation that a setting lacks are left out. */
export function speedTable(report: SpeedReport, provenance: Provenance): Table {
  const { title, settings, scalings, notes } = report;
  return {
    title: `Speed: ${title}`,
    columns: [
      { key: "setting", title: "What", kind: "text" },
      { key: "of", title: "Implementation", kind: "text" },
      { key: "to", title: "Compared with", kind: "text" },
      { key: "speed", title: "Images per second, ratio", kind: "text" },
      { key: "memory", title: "Peak memory, ratio", kind: "text" },
    ],
    rows: settings.flatMap(ratioRows).map((cells) => ({ cells })),
    appendices: [
      ...(settings.length === 0 ? [] : [timesAppendix(settings)]),
      ...scalings.map(scalingAppendix),
      ...settings.flatMap(productsAppendix),
    ],
    legend: [
      "Images per second, ratio: above 1, the implementation is faster than the one it is compared with. The number is the median over rounds, followed by the lowest and the highest round. In a round each implementation runs its steps in turn, and its median step counts.",
      "Peak memory, ratio: below 1, the implementation needs less. Each implementation runs in a process of its own; the number is the peak resident memory of the process, libraries included.",
      "The matrix products alone: the matrix products of the step and nothing else. Each takes the time that ONNX Runtime's own profile reports for its kernel, with all threads or with one, whichever is faster.",
      "Steps on batches, compared with steps on one batch: the cost of the data pipeline during training. At 1 it costs nothing.",
    ],
    notes,
    provenance,
  };
}

/** For machines: one line per implementation and round, with every step. */
export function speedMeasurements(report: SpeedReport, provenance: Provenance): Table {
  const { title, settings, scalings } = report;
  const rows = [
    ...settings.flatMap(({ id, timings }) =>
      timings.flatMap((timing) => measuredRounds({ section: text(id) }, timing)),
    ),
    ...scalings.flatMap(({ id, points }) =>
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
      { key: "contestant", title: "Implementation", kind: "text" },
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
  const byId = new Map(timings.map((timing) => [timing.id, timing]));
  return pairs.flatMap(({ of, to }) => {
    const [one, other] = [byId.get(of), byId.get(to)];
    const ratio = one && other && speedRatio(one, other);
    if (ratio === undefined) return [];
    const memory = memoryRatio(one!, other!);
    const { median, least, most, rounds } = ratio;
    const range =
      rounds === 1 ? "one round" : `${ratioText(least)} to ${ratioText(most)}, ${rounds} rounds`;
    return {
      setting: text(title),
      of: text(nameIn(one!, other!)),
      to: text(nameIn(other!, one!)),
      speed: text(`${ratioText(median)} (${range})`),
      memory: memory === undefined ? undefined : text(ratioText(memory)),
    };
  });
}

/** With its batch size if the two differ in it. */
function nameIn({ title, batchSize }: Timing, other: Timing): string {
  return batchSize === other.batchSize ? title : `${title}, batch ${batchSize}`;
}

function timesAppendix(settings: readonly SpeedSetting[]): Appendix {
  return {
    heading: "Times and memory",
    columns: [
      { key: "setting", title: "What", kind: "text" },
      { key: "implementation", title: "Implementation", kind: "text" },
      { key: "batch", title: "Images per step", kind: "number" },
      ...timeColumns,
    ],
    rows: settings.flatMap(({ title, timings }) =>
      timings.map((timing) => ({
        setting: text(title),
        implementation: text(timing.title),
        batch: number(timing.batchSize),
        ...timeCells(timing),
      })),
    ),
  };
}

function scalingAppendix(scaling: Scaling): Appendix {
  const { quantity, what, points } = scaling;
  const laws = [
    ["time", powerLaw(timesOf(scaling))],
    ["peak memory", powerLaw(peaksOf(scaling))],
  ] as const;
  const fits = laws.flatMap(([of, law]) =>
    law === undefined ? [] : `${of} ∝ x^${law.exponent.toFixed(2)}`,
  );
  return {
    heading: `Scaling with ${quantity}`,
    text: [
      `${points[0]?.timing.title ?? "Nothing was measured"}: ${what}. The points were measured one after another, each in a process of its own, so changes in the machine's speed are part of these numbers.`,
      ...(fits.length > 0
        ? [`Least-squares fit of the logarithms, with x the ${quantity}: ${fits.join(", ")}.`]
        : []),
    ].join(" "),
    columns: [{ key: "x", title: capitalized(quantity), kind: "number" }, ...timeColumns],
    rows: points.map(({ x, timing }) => ({ x: number(x), ...timeCells(timing) })),
  };
}

/** The largest products are shown until they add up to this fraction of the time; the others are many and small. */
const shownFraction = 0.99;

function productsAppendix({ title, products }: SpeedSetting): readonly Appendix[] {
  if (products === undefined) return [];
  const costOf = ({ count, seconds }: TimedProduct) => count * seconds;
  const total = sum(products.map(costOf));
  const order = products.toSorted((a, b) => costOf(b) - costOf(a));
  const shown = order.filter((_, i) => sum(order.slice(0, i).map(costOf)) < shownFraction * total);
  return [
    {
      heading: `The matrix products alone: ${title}`,
      text: `${products.length} shapes; the ${shown.length} that take longest account for ${100 * shownFraction} % of ${total.toPrecision(3)} s.`,
      columns: [
        { key: "count", title: "Times", kind: "number" },
        { key: "shape", title: "Product", kind: "text" },
        { key: "milliseconds", title: "ms", kind: "number" },
        { key: "speed", title: "GFLOP/s", kind: "number" },
        { key: "threads", title: "Threads", kind: "number" },
      ],
      rows: shown.map(({ shape, count, flop, seconds, threads }) => ({
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
  { key: "median", title: "Median step (s)", kind: "number" },
  { key: "fastest", title: "Fastest (s)", kind: "number" },
  { key: "rate", title: "Images per second", kind: "number" },
  { key: "peak", title: "Peak memory (MiB)", kind: "number" },
] as const;

function timeCells(timing: Timing): Cells {
  const { peak } = timing;
  const rounded = (value: number) => number(Number(value.toPrecision(4)));
  return {
    median: rounded(medianSeconds(timing)),
    fastest: rounded(fastestSeconds(timing)),
    rate: rounded(imagesPerSecond(timing)),
    peak: peak === undefined ? undefined : number(Math.round(peak / 2 ** 20)),
  };
}

function measuredRounds(about: Cells, timing: Timing): readonly Cells[] {
  const { id, batchSize, rounds, peak } = timing;
  return rounds.flatMap((seconds, i) =>
    seconds.length === 0
      ? []
      : {
          ...about,
          contestant: text(id),
          batch: number(batchSize),
          round: number(i + 1),
          seconds: list(seconds.map((value) => value.toFixed(6))),
          peak_bytes: peak === undefined ? undefined : number(peak),
        },
  );
}

/** Two decimals below ten, none above a hundred. */
function ratioText(ratio: number): string {
  return ratio.toFixed(ratio < 10 ? 2 : ratio < 100 ? 1 : 0);
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
