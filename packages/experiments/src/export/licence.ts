/** @file What may be done with an exported model: notes for its metadata, not legal advice. */
import { datasets } from "@mvt/datasets";
import type { ClassifierConfig } from "../config.ts";

/** The graph is this project's; the weights carry whatever the pictures and the start came with. */
export function licenceNote({ data, pretrained }: ClassifierConfig): string {
  const title = datasets[data.dataset].title;
  return [
    "The graph and the code that wrote it: MIT.",
    data.kind === "synthetic"
      ? `Weights: trained on synthetic faces in the layout of ${title}, drawn by this project (MIT).`
      : `Weights: trained on ${title}. Its owners' terms apply to what is made from it, and may allow non-commercial research only: read the agreement under which you have it.`,
    ...(pretrained && "sha256" in pretrained
      ? [
          `They start from a file of pre-trained weights (SHA-256 ${pretrained.sha256}); its licence applies as well. The official DeiT weights are under Apache 2.0.`,
        ]
      : []),
  ].join(" ");
}
