/**
 * @file How FERPlus votes become one label: the protocols in use, by name.
 *
 * Barsoum, Zhang, Canton Ferrer and Zhang, "Training Deep Networks for Facial Expression Recognition
 * with Crowd-Sourced Label Distribution", ICMI 2016. Published accuracies were measured on at
 * least four different choices of test images, so a report must name its protocol and print its denominator.
 */
import { argmax, sum } from "@mvt/common";
import { DatasetError } from "../error.ts";
import type { Expression } from "../expression.ts";
import { ferplusClasses, voteColumns, type Votes } from "./votes.ts";

export interface Protocol {
  readonly description: string;
  /** The chosen column of the ten; the image is dropped unless it is an expression's. */
  readonly column: (votes: Votes) => number | undefined;
}

/** Every protocol by name, and what it does. */
export const ferplusProtocols = {
  "argmax-10": {
    description:
      "the column with most votes, the first of equals; dropped if that is unknown or not a face",
    column: argmax,
  },
  "official-majority": {
    description:
      "single votes do not count; the column with more than half of the rest, else dropped; " +
      "dropped if that is unknown or not a face",
    column: (votes) => majority(votes.map((v) => (v <= 1 ? 0 : v))),
  },
  "argmax-8": {
    description: "the expression with most votes, the first of equals; every named image is kept",
    column: (votes) => argmax(votes.slice(0, ferplusClasses.length)),
  },
  "strict-majority": {
    description:
      "the column with more than half of all votes, else dropped; " +
      "dropped if that is unknown or not a face",
    column: majority,
  },
} as const satisfies Record<string, Protocol>;

export type FerplusProtocol = keyof typeof ferplusProtocols;

// The paper does not say. This is what its first author was told in a public thread (SCN, issue 48).
export const defaultFerplusProtocol: FerplusProtocol = "argmax-10";

/** What the training split is: FER2013's Training, or Training and PublicTest together. */
export const ferplusTrains = ["train", "train+validation"] as const;
export type FerplusTrain = (typeof ferplusTrains)[number];

/** Whose labels the training images have: FERPlus' votes, or FER2013, the data set before it. */
export const ferplusLabels = ["votes", "fer2013"] as const;
export type FerplusLabels = (typeof ferplusLabels)[number];

export interface FerplusOptions {
  /** Default "argmax-10". */
  readonly ferplusProtocol?: FerplusProtocol;
  /** Default "train". With "train+validation" the validation split is empty. */
  readonly ferplusTrain?: FerplusTrain;
  /** Default "votes". With "fer2013" the votes are the true labels of the training images. */
  readonly ferplusLabels?: FerplusLabels;
}

/** The label of an image by its ten votes (neutral ... contempt, unknown, NF); undefined if it is dropped. */
export function applyProtocol(votes: Votes, protocol: FerplusProtocol): Expression | undefined {
  if (votes.length !== voteColumns.length) {
    throw new DatasetError(
      `applyProtocol: expected ${voteColumns.length} votes (${voteColumns.join()}), ` +
        `found ${votes.length}. Pass all columns of the table.`,
    );
  }
  const column = ferplusProtocols[protocol].column(votes);
  return column === undefined ? undefined : ferplusClasses[column];
}

/** The column with more than half of the votes. */
function majority(votes: Votes): number | undefined {
  return Math.max(...votes) > 0.5 * sum(votes) ? argmax(votes) : undefined;
}
