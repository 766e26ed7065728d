/** @file Figures as a page, with where they come from. */
import type { Element } from "hast";
import { h } from "hastscript";
import { syntheticNote } from "../printed-table.ts";
import type { Provenance } from "../provenance.ts";
import { provenanceSection, scrollRegion } from "./elements.ts";
import { drawing, htmlPage } from "./page.ts";

export interface FigurePage {
  /** "Figure 2: masks" */
  readonly title: string;
  /** SVG of this project's own, each with title and description inside. */
  readonly figures: readonly string[];
  readonly provenance: Provenance;
}

/** The page of a figure, or of one figure for several data sets. */
export function figurePage({ title, figures, provenance }: FigurePage): string {
  return htmlPage({
    title,
    content: [
      ...syntheticNote(provenance).map((note) => h("p.note", note)),
      ...figures.map((svg, i) =>
        figure(svg, figures.length === 1 ? title : `${title}, ${i + 1} of ${figures.length}`),
      ),
      ...provenanceSection(provenance),
    ],
  });
}

/** A drawing as wide as the page at most; on a narrow screen it scrolls, so that its words stay readable. */
export function figure(svg: string, label: string): Element {
  return h("figure", [scrollRegion(label, drawing(svg))]);
}
