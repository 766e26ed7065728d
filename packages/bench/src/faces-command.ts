/** @file `pnpm exp bench faces`: how many faces of drawn photographs are found, and how far their points are off. */
import { alignColumns, percent, sum } from "@mvt/common";
import { drawPhotograph } from "@mvt/datasets";
import type { DrawnFace, PhotographOptions } from "@mvt/datasets";
import { createProgress, writeJson } from "@mvt/experiments/cli";
import {
  compareFaces,
  defaultMinScore,
  eyeDistance,
  type FaceFinder,
  openFaceFinder,
} from "@mvt/faces";
import { wilsonInterval } from "@mvt/report";
import { quantileSorted } from "simple-statistics";
import type { z } from "zod";
import { benchFacesJson } from "./faces-facts.ts";

/** Pixels along each side of a photograph. */
const side = 1024;

/** People in a photograph; each kind is drawn as often as the others. */
const crowds: readonly number[] = [1, 4, 9, 16, 25];

const looks = {
  heads: [0.3, 0.55],
  rotation: 30,
  yaw: 30,
} as const satisfies Partial<PhotographOptions>;

interface Args {
  readonly photographs: number;
  readonly threads?: number;
  readonly json: boolean;
}

/** A drawn face, and the mean error of its points if it was found. */
interface Judged {
  readonly face: DrawnFace;
  readonly error?: number;
}

/** Groups of faces by what may make them hard to find. */
const groups: readonly (readonly [title: string, holds: (face: DrawnFace) => boolean])[] = [
  ["all", () => true],
  ["head of 30 % of the side and more", ({ size }) => size >= 0.3],
  ["head of 15 to 30 %", ({ size }) => size >= 0.15 && size < 0.3],
  ["head of 10 to 15 %", ({ size }) => size >= 0.1 && size < 0.15],
  ["head of less than 10 %", ({ size }) => size < 0.1],
  ["rotated by less than 10°", ({ rotation }) => Math.abs(rotation) < 10],
  ["rotated by 10 to 20°", ({ rotation }) => Math.abs(rotation) >= 10 && Math.abs(rotation) < 20],
  ["rotated by 20 to 30°", ({ rotation }) => Math.abs(rotation) >= 20],
  ["turned by less than 15°", ({ yaw }) => Math.abs(yaw) < 15],
  ["turned by 15 to 30°", ({ yaw }) => Math.abs(yaw) >= 15],
];

export async function benchFaces({ photographs, threads, json }: Args): Promise<void> {
  const finder = openFaceFinder({ ...(threads && { threads }) });
  const progress = createProgress();
  const judged: Judged[] = [];
  const seconds: number[] = [];
  let [extra, empty] = [0, 0];
  try {
    for (const people of [...crowds, 0]) {
      progress.say(`photographs of ${people} people`);
      for (let i = 0; i < photographs; i += 1) {
        const found = await findIn(finder, people, i);
        seconds.push(found.seconds);
        judged.push(...found.judged);
        if (people > 0) extra += found.extra;
        else if (found.extra === 0) empty += 1;
      }
    }
  } finally {
    progress.end();
    await finder.close();
  }
  const facts = {
    side,
    photographs,
    minScore: defaultMinScore,
    groups: groups.map(([title, holds]) =>
      measure(
        title,
        judged.filter(({ face }) => holds(face)),
      ),
    ),
    extra,
    nobody: { k: empty, n: photographs },
    seconds: quantileSorted(
      seconds.toSorted((a, b) => a - b),
      0.5,
    ),
  };
  if (json) writeJson(benchFacesJson, facts);
  else process.stdout.write(textOf(facts));
}

async function findIn(finder: FaceFinder, people: number, index: number) {
  const options = { side, people, ...looks };
  const { pixels, faces } = drawPhotograph(0, `bench ${people}/${index}`, options);
  const start = performance.now();
  const found = await finder.find({ width: side, height: side, channels: 3, data: pixels });
  const elapsed = (performance.now() - start) / 1000;
  const { pairs, extra } = compareFaces(faces, found.faces);
  const judged = pairs.map(({ truth, found: match }): Judged => {
    if (match === undefined) return { face: truth };
    const errors = truth.points.map(([x, y], p) =>
      Math.hypot(match.points[p]![0] - x, match.points[p]![1] - y),
    );
    return { face: truth, error: sum(errors) / errors.length / eyeDistance(truth.points) };
  });
  return { judged, extra, seconds: elapsed };
}

type Facts = z.input<typeof benchFacesJson>;

function measure(title: string, faces: readonly Judged[]): Facts["groups"][number] {
  const errors = faces
    .flatMap(({ error }) => (error === undefined ? [] : [error]))
    .toSorted((a, b) => a - b);
  const found = { k: errors.length, n: faces.length };
  if (errors.length === 0) return { title, found };
  return {
    title,
    found,
    pointError: { median: quantileSorted(errors, 0.5), most: quantileSorted(errors, 0.9) },
  };
}

function textOf({ groups: measured, extra, nobody, seconds, ...about }: Facts): string {
  const rows = measured.map(({ title, found: { k, n }, pointError }) => {
    const { low, high } = n === 0 ? { low: 0, high: 1 } : wilsonInterval(k, n);
    return [
      title,
      n === 0
        ? "none drawn"
        : `${percent(k / n)} % (${k} of ${n}; ${percent(low)} to ${percent(high)})`,
      pointError ? pointError.median.toFixed(3) : "–",
      pointError ? pointError.most.toFixed(3) : "–",
    ];
  });
  const heading = ["drawn faces", "found (95 % interval)", "point error", "90th percentile"];
  const notes = [
    `${about.photographs} photographs of ${crowds.join(", ")} people each, ${about.side} x ${about.side} pixels, score from ${about.minScore} on; ${seconds.toFixed(2)} s each.`,
    "Point error: the mean distance of the five points from the true ones, as a share of the distance between the eyes.",
    `Found where no face is: ${extra} in these photographs; none in ${nobody.k} of ${nobody.n} photographs without anybody.`,
  ];
  return `${[...alignColumns([heading, ...rows]), "", ...notes].join("\n")}\n`;
}
