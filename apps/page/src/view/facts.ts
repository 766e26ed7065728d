/** @file The description in an exported model, as lines for people. */
import { isRecord, percent } from "@mvt/common";
import type { ModelDescription } from "@mvt/core/portable";

export type Fact = readonly [name: string, value: string];

/** The most interesting facts come first; what the file does not contain is left out. */
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
    ["Images", `${S} × ${S} pixels in patches of ${P} × ${P}, given as ${input}`],
    ["Mask", mask ? maskLine(mask) : "none: the classifier sees the whole image"],
    ["Weights", precision],
    ["Run", text(about["run"])],
    ["Licence", text(about["licence"])],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function trainingData(data: Fields): string | undefined {
  const title = text(data["title"]) ?? text(data["dataset"]);
  if (title === undefined) return undefined;
  const train = Number(record(data["counts"])["train"]);
  const count = Number.isFinite(train) ? `${train} ` : "";
  return data["kind"] === "synthetic"
    ? `${count}synthetic faces, drawn in the layout of ${title}: not real faces`
    : `${count}images of ${title}`;
}

function accuracy({ k, n, firstImagesOnly }: Fields): string | undefined {
  if (typeof k !== "number" || typeof n !== "number") return undefined;
  const which = firstImagesOnly === true ? ` (${k} of the first ${n})` : ` (${k} of ${n})`;
  return `${percent(k / n)} %${which}`;
}

function maskLine({ form, polarity, m }: NonNullable<ModelDescription["mask"]>): string {
  const does = polarity === "remove" ? "removes what it marks" : "keeps what it marks";
  return `${form.kind}, ${does}; trained to remove the fraction m = ${m} of the image`;
}

type Fields = Readonly<Record<string, unknown>>;

const record = (value: unknown): Fields => (isRecord(value) ? value : {});

/** Texts and numbers: metadata holds an id that consists of digits as a number. */
const text = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? `${value}` : undefined;
