/** @file One finished run as a page: what it is, its curves, what it predicts, whose labels it changed. */
import { percent } from "@mvt/common";
import { h } from "hastscript";
import type { LabelledPredictions } from "../evaluation/predictions.ts";
import type { Mistake } from "../figures/mistake-sheet.ts";
import { syntheticNote } from "../printed-table.ts";
import type { Provenance } from "../provenance.ts";
import { confusion } from "./confusion.ts";
import { plots, type Plot } from "./curves.ts";
import {
  details,
  facts,
  grid,
  provenanceSection,
  section,
  text,
  words,
  type Content,
} from "./elements.ts";
import { gallery } from "./pictures.ts";
import { htmlPage, type Link } from "./page.ts";
import { relabelled, type Relabelled } from "./relabelled.ts";

export interface RunPage {
  readonly id: string;
  /** "RAF-DB, Linear, seed 0" */
  readonly title: string;
  /** What came out, in a sentence. */
  readonly lead: string;
  /** What it is and what came out, in order. */
  readonly facts: readonly (readonly [term: string, description: string])[];
  /** Settings that set it apart from other runs of its title: "training.epochs=3". */
  readonly differs: readonly string[];
  /** Other runs with their pages: what it starts from or whose masks it applies, and the reverse. */
  readonly uses: readonly Link[];
  readonly usedBy: readonly Link[];
  readonly plots: readonly Plot[];
  /** For its test images. */
  readonly predictions?: LabelledPredictions;
  /** Wrong predictions for test images with the highest probability, the most confident first; absent without images. */
  readonly mistakes?: readonly Mistake[];
  /** Of a run that relabels. */
  readonly relabelled?: Relabelled;
  /** Of a run with masks. */
  readonly masks?: Masks;
  /** The whole configuration, each value by its path. */
  readonly settings: readonly (readonly [path: string, value: string])[];
  readonly provenance: Provenance;
}

export interface Masks {
  /** Test images over what their masks leave of them. Empty where the data set was not opened. */
  readonly images: readonly MaskedImage[];
  /** How to see some, where there is none. */
  readonly advice: string;
}

export interface MaskedImage {
  readonly id: string;
  /** The image above, what is left of it below. */
  readonly png: Uint8Array;
  /** The mean of its mask, 0 to 1. */
  readonly area: number;
}

/** The path from a page of a run to the index. */
export const indexFromRun = "../index.html";

export function runPage(run: RunPage): string {
  const { id, title, provenance, settings } = run;
  return htmlPage({
    title,
    path: [{ text: "All runs", href: indexFromRun }],
    content: [
      h("p.lead", run.lead),
      ...syntheticNote(provenance).map((note) => h("p.note", note)),
      section("Run", [factsOf(run)]),
      section("Curves", [
        h(
          "p.quiet",
          "Point at the curves, or move along them with the arrow keys, to read the values of an epoch.",
        ),
        plots(run.plots),
      ]),
      ...(run.predictions
        ? [section("Predictions for the test images", confusion(run.predictions))]
        : []),
      ...(run.mistakes && run.mistakes.length > 0
        ? [section("The most confident mistakes", mistakeContent(run.mistakes))]
        : []),
      ...(run.masks ? [section("Masks", maskContent(run.masks))] : []),
      ...(run.relabelled
        ? [section("Changed labels", relabelled(run.relabelled, `runs/${id}/labels.csv`))]
        : []),
      section("Settings", [
        details(`All ${settings.length} settings`, [
          grid({
            caption: "The whole configuration",
            captionHidden: true,
            columns: [{ title: "Setting", heads: true }, { title: "Value" }],
            rows: settings.map(([path, value]) => [{ content: [h("code", path)] }, text(value)]),
          }),
        ]),
      ]),
      ...provenanceSection(provenance),
    ],
  });
}

function factsOf({ id, facts: known, differs, uses, usedBy }: RunPage) {
  const links = (all: readonly Link[]) =>
    all.flatMap(({ text: name, href }, i): readonly Content[] => [
      ...(i === 0 ? [] : [h("br")]),
      h("a", { href }, name),
    ]);
  const differing = differs.flatMap((one, i) => [...(i === 0 ? [] : [", "]), h("code", one)]);
  return facts([
    ["Id", [h("code", id)]],
    ...known.map(([term, description]) => [term, words(description)] as const),
    ...(differs.length === 0 ? [] : [["Unlike others of this title", differing] as const]),
    ...(uses.length === 0 ? [] : [["Uses", links(uses)] as const]),
    ...(usedBy.length === 0 ? [] : [["Used by", links(usedBy)] as const]),
  ]);
}

function mistakeContent(mistakes: readonly Mistake[]): readonly Content[] {
  return [
    h("p", "Test images that are predicted wrong, the most confident prediction first."),
    gallery(
      mistakes.map(({ id, png, label, predicted, confidence }) => ({
        png,
        alt: `Test image ${id}: predicted ${predicted}, labelled ${label}`,
        caption: [
          `${predicted} ${percent(confidence)} %`,
          h("br"),
          `label: ${label}`,
          h("br"),
          h("span.quiet", id),
        ],
      })),
    ),
  ];
}

function maskContent({ images, advice }: Masks): readonly Content[] {
  if (images.length === 0) return [h("p", [...words(advice)])];
  return [
    h("p", "Test images, and below each what its mask leaves of it."),
    gallery(
      images.map(({ id, png, area }) => ({
        png,
        alt: `Test image ${id}; below it, what its mask leaves of it`,
        caption: [`masked ${(100 * area).toFixed(1)} %`, h("br"), h("span.quiet", id)],
      })),
    ),
  ];
}
