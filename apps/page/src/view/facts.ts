/** @file What an exported model says about itself, as lines for people. */
import type { ModelDescription } from "@mvt/core/portable";
import { percent } from "./format.ts";

export type Fact = readonly [name: string, value: string];

/** The order is that of interest; what a file does not say is left out. */
export function factsOf({
  about,
  classes,
  preprocessing,
  mask,
  precision,
  input,
}: ModelDescription): readonly Fact[] {
  const { imageSize: S, patchSize: P } = preprocessing;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["Model", text(about["title"])],
    ["Trained on", trainingData(record(about["data"]))],
    ["Test accuracy", accuracy(record(record(about["metrics"])["test"]))],
    ["Classes", classes.join(", ")],
    ["Pictures", `${S} × ${S} pixels in patches of ${P} × ${P}, given as ${input}`],
    ["Mask", mask ? maskLine(mask) : "none: the classifier sees the whole picture"],
    ["Weights", precision],
    ["Run", text(about["run"])],
    ["Licence", text(about["licence"])],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function trainingData(data: Record): string | undefined {
  const title = text(data["title"]) ?? text(data["dataset"]);
  if (title === undefined) return undefined;
  const train = Number(record(data["counts"])["train"]);
  const count = Number.isFinite(train) ? `${train} ` : "";
  return data["kind"] === "synthetic"
    ? `${count}synthetic faces, drawn in the layout of ${title}: not real faces`
    : `${count}pictures of ${title}`;
}

function accuracy({ k, n, firstImagesOnly }: Record): string | undefined {
  if (typeof k !== "number" || typeof n !== "number") return undefined;
  const which = firstImagesOnly === true ? ` (${k} of the first ${n})` : ` (${k} of ${n})`;
  return `${percent(k / n)}${which}`;
}

function maskLine({ form, polarity, m }: NonNullable<ModelDescription["mask"]>): string {
  const does = polarity === "remove" ? "removes what it marks" : "keeps what it marks";
  return `${form.kind}, ${does}; trained to remove a share of m = ${m}`;
}

type Record = Readonly<{ [key: string]: unknown }>;

const record = (value: unknown): Record =>
  typeof value === "object" && value !== null ? (value as Record) : {};

/** Texts, and numbers that metadata holds as such; an id of digits alone is read as a number. */
const text = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? `${value}` : undefined;
