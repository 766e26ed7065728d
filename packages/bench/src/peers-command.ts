/** @file `pnpm exp bench peers`: a run beside the expression network of the package that finds faces, on the same images. */
import { argmax, CommandLineError } from "@mvt/common";
import type { DecodedImage } from "@mvt/core";
import { type Expression, mapAhead } from "@mvt/datasets";
import { estimateFacts } from "@mvt/experiments";
import {
  evaluationBootstrap,
  openPredictedImages,
  requireWritableReport,
  writeJson,
  writeReport,
} from "@mvt/experiments/cli";
import { type Face, type FaceFinder, openFaceFinder, peerExpressions } from "@mvt/faces";
import {
  defaultResamples,
  measurePeers,
  type MeasuredPeer,
  peersTable,
  toCsv,
  toMarkdown,
  toText,
  wilsonInterval,
} from "@mvt/report";
import { toHtml } from "@mvt/report/html/table-page";
import { benchPeersJson } from "./faces-facts.ts";

/** What the network's classes are called here. It has no contempt. */
export const meaningOfPeer = {
  neutral: "neutral",
  happy: "happiness",
  sad: "sadness",
  angry: "anger",
  fearful: "fear",
  disgusted: "disgust",
  surprised: "surprise",
} as const satisfies Record<(typeof peerExpressions)[number], Expression>;

interface Args extends Omit<Parameters<typeof openPredictedImages>[0], "run"> {
  readonly run?: string;
  readonly out?: string;
  readonly threads?: number;
  readonly json: boolean;
}

export async function benchPeers(args: Args): Promise<void> {
  const { run: id, out } = args;
  if (id === undefined) {
    throw new CommandLineError("bench peers: expected --run with the beginning of a run's id.");
  }
  if (out !== undefined) await requireWritableReport("out", out, "peers");
  const { run, predictions, provenance, images } = await openPredictedImages({ ...args, run: id });
  const { classes, labels } = predictions;
  const finder = openFaceFinder({ ...(args.threads && { threads: args.threads }) });
  const whole: number[] = [];
  const found: number[] = [];
  let faces = 0;
  try {
    for await (const both of mapAhead(images(), finder.threads, (image) => judge(finder, image))) {
      whole.push(classOf(both.whole, classes));
      found.push(classOf(both.face ?? both.whole, classes));
      if (both.face !== undefined) faces += 1;
    }
  } finally {
    await finder.close();
  }
  const n = labels.length;
  const peer = (name: string, title: string, predicted: readonly number[]) => ({
    id: name,
    title,
    predictions: { classes, labels, predicted: Int32Array.from(predicted) },
  });
  const peers = measurePeers(
    [
      { id: "mvt", title: run.title, predictions },
      peer("face-api-whole", "face-api 1.7.15, the whole image", whole),
      peer("face-api-found", "face-api 1.7.15, the face that it finds", found),
    ],
    () => evaluationBootstrap(defaultResamples),
  );
  const table = peersTable(run, peers, provenance, notesOf(run.kind, classes, faces, n));
  if (args.json) writeJson(benchPeersJson, factsOf(run.id, peers, faces));
  else process.stdout.write(toText(table));
  await writeReport(out, {
    "peers.md": toMarkdown(table),
    "peers.csv": toCsv(table),
    "peers.html": toHtml(table),
  });
}

/** The probabilities of the network for the image, and for the largest face in it, if one is found. */
interface Judged {
  readonly whole: readonly number[];
  readonly face?: readonly number[];
}

async function judge(finder: FaceFinder, image: DecodedImage): Promise<Judged> {
  const whole = await finder.expressions(image);
  const [face] = (await finder.find(image)).faces;
  const cut = face && cropTo(image, face.box);
  return cut === undefined ? { whole } : { whole, face: await finder.expressions(cut) };
}

/** The part of an image inside a box, as the package cuts it; undefined if there is none. */
export function cropTo(image: DecodedImage, box: Face["box"]): DecodedImage | undefined {
  const { width, height, channels, data } = image;
  const left = Math.max(0, Math.floor(box.left));
  const top = Math.max(0, Math.floor(box.top));
  const right = Math.min(width, Math.floor(box.left + box.width));
  const bottom = Math.min(height, Math.floor(box.top + box.height));
  if (right <= left || bottom <= top) return undefined;
  const bytes = (right - left) * channels;
  const out = new Uint8Array(bytes * (bottom - top));
  for (let y = top; y < bottom; y += 1) {
    const from = (y * width + left) * channels;
    out.set(data.subarray(from, from + bytes), (y - top) * bytes);
  }
  return { width: right - left, height: bottom - top, channels, data: out };
}

/** The index of the most probable class among those that the data set has too. */
export function classOf(probabilities: readonly number[], classes: readonly string[]): number {
  const known = peerExpressions.flatMap((name, i) => {
    const index = classes.indexOf(meaningOfPeer[name]);
    return index === -1 ? [] : [{ index, probability: probabilities[i]! }];
  });
  if (known.length === 0) {
    throw new CommandLineError(
      `bench peers: expected a run with at least one of the classes ${Object.values(meaningOfPeer).join(", ")}, got ${classes.join(", ")}.`,
    );
  }
  return known[argmax(known.map(({ probability }) => probability))]!.index;
}

function notesOf(
  kind: "synthetic" | "real",
  classes: readonly string[],
  faces: number,
  n: number,
): readonly string[] {
  const meanings: readonly string[] = Object.values(meaningOfPeer);
  const unknown = classes.filter((name) => !meanings.includes(name));
  return [
    ...(kind === "synthetic"
      ? [
          "The images are drawn faces. The run was trained on drawn faces, face-api on photographs: for it they are out of its domain, and the table says nothing about photographs.",
        ]
      : []),
    `face-api's expression network (0.3 MB) was trained, as its documentation says, on "a variety of images from publicly available datasets as well as images scraped from the web". Which ones is not known: it may have seen images of this test set, and it was not trained on this data set's training images and labels, as the run was.`,
    `Its classes ${Object.entries(meaningOfPeer)
      .map(([theirs, ours]) => (theirs === ours ? theirs : `${theirs} (here ${ours})`))
      .join(", ")}; the most probable one that the data set has counts.`,
    ...(unknown.length > 0
      ? [`It never predicts ${unknown.join(", ")}, which it does not have.`]
      : []),
    `The face that it finds: its SSD detector's largest face, found in ${faces} of ${n} images; in the others the whole image.`,
  ];
}

function factsOf(run: string, peers: readonly MeasuredPeer[], faces: number) {
  return {
    run,
    facesFound: { k: faces, n: peers[0]!.evaluation.n },
    models: peers.map(({ id, title, evaluation, comparison }) => {
      const { k, n, meanClassAccuracy } = evaluation;
      return {
        id,
        title,
        right: { k, n },
        accuracy: estimateFacts({ value: k / n, interval: wilsonInterval(k, n) }),
        meanClassAccuracy: estimateFacts(meanClassAccuracy),
        ...(comparison && {
          difference: estimateFacts(comparison.accuracy.difference),
          p: comparison.p,
        }),
      };
    }),
  };
}
