/** @file The votes of ten annotators on a synthetic face, as FERPlus counts them. */
import type { random } from "@mvt/core";
import type { Expression } from "../expression.ts";
import { lookalikes } from "./faces.ts";

/** The columns of FERPlus' tables. The loader has its own list of them, so that each tests the other. */
export const voteColumns = [
  "neutral",
  "happiness",
  "surprise",
  "sadness",
  "anger",
  "disgust",
  "fear",
  "contempt",
  "unknown",
  "NF",
] as const;

type Votes = readonly number[]; // [10], in the order of the columns

const voters = 10;

function count(votes: readonly (typeof voteColumns)[number][]): Votes {
  return voteColumns.map((column) => votes.filter((vote) => vote === column).length);
}

/** The vote of someone who does not recognise `given`. */
function otherVote(stream: random.Stream, given: Expression): Expression | "unknown" {
  const [first, second] = lookalikes[given];
  const draw = stream.uniform();
  return draw < 0.6 ? first : draw < 0.9 ? second : "unknown";
}

/**
 * Votes on a face labelled `given`: 6 to 10 for it, the more the stronger the expression, the rest
 * for its lookalikes and "unknown". More than half of them agree, so every protocol gives
 * `given`.
 */
export function drawVotes(stream: random.Stream, given: Expression, intensity: number): Votes {
  const strength = Math.min(1, Math.max(0, (intensity - 0.5) / 0.7));
  const agreed = 6 + Math.round(4 * (0.7 * strength + 0.3 * stream.uniform()));
  return count(
    Array.from({ length: voters }, (_, i) => (i < agreed ? given : otherVote(stream, given))),
  );
}

/** Votes on a face that shows hardly anything: 6 to 8 say "unknown", the others agree on `expression`. */
export function drawUnknownVotes(stream: random.Stream, expression: Expression): Votes {
  const unknown = 6 + stream.integer(3);
  return count(Array.from({ length: voters }, (_, i) => (i < unknown ? "unknown" : expression)));
}

/** Ten votes for "not a face". */
export function notAFaceVotes(): Votes {
  return count(Array.from({ length: voters }, () => "NF" as const));
}
