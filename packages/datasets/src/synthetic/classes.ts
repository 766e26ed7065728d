/**
 * @file Which expression each drawn face has: cards dealt from a shuffled deck.
 *
 * The decks follow the real sets' order of frequency, more gently, so that rare classes have
 * samples:
 *
 *               neutral  happiness  surprise  sadness  anger  disgust  fear  contempt
 *   RAF-DB         20 %       25 %      15 %     15 %   10 %     10 %   5 %       -
 *   FERPlus        24 %       20 %      12 %     12 %   12 %      4 %   8 %     8 %
 *   AffectNet      21 %       33 %       8 %     13 %   13 %      4 %   4 %     4 %
 *     to test on   13 %       13 %      13 %     13 %   13 %     13 %  13 %    13 %
 */
import { random } from "@mvt/core";
import type { DatasetName } from "../dataset.ts";
import { type Expression, expressions } from "../expression.ts";

/** The sets that are drawn. AffectNet-7 is AffectNet-8 read without contempt. */
export type DrawnName = Exclude<DatasetName, "affectnet-7" | "custom">;

type Deck = Readonly<Partial<Record<Expression, number>>>;

/** How many cards of each expression one deck holds. */
export const decks: Readonly<Record<DrawnName, Deck>> = {
  "raf-db": {
    neutral: 4,
    happiness: 5,
    surprise: 3,
    sadness: 3,
    anger: 2,
    disgust: 2,
    fear: 1,
  },
  ferplus: {
    neutral: 6,
    happiness: 5,
    surprise: 3,
    sadness: 3,
    anger: 3,
    disgust: 1,
    fear: 2,
    contempt: 2,
  },
  "affectnet-8": {
    neutral: 5,
    happiness: 8,
    surprise: 2,
    sadness: 3,
    anger: 3,
    disgust: 1,
    fear: 1,
    contempt: 1,
  },
};

/** AffectNet is tested on as many faces of each expression. */
const cards = (dataset: DrawnName, split: string, expression: Expression): number =>
  dataset === "affectnet-8" && split === "test" ? 1 : decks[dataset][expression]!;

/** The expressions of a data set. */
export function classesOf(dataset: DrawnName): Expression[] {
  return expressions.filter((expression) => expression in decks[dataset]);
}

/**
 * The expressions of the first `count` faces of a split. Every deck is dealt out before the next is
 * opened, so every class appears once `count` reaches the deck's size, and face i does not depend
 * on `count`.
 */
export function deal(seed: number, dataset: DrawnName, split: string, count: number): Expression[] {
  const deck = classesOf(dataset).flatMap((expression) =>
    Array.from({ length: cards(dataset, split, expression) }, () => expression),
  );
  const dealt: Expression[] = [];
  for (let number = 0; dealt.length < count; number += 1) {
    const stream = random.stream(seed, `synthetic/${dataset}/${split}/deck ${number}`);
    for (const card of stream.permutation(deck.length)) dealt.push(deck[card]!);
  }
  return dealt.slice(0, count);
}

/** Which two expressions each is most easily taken for, the likelier first. */
export const lookalikes: Readonly<Record<Expression, readonly [Expression, Expression]>> = {
  neutral: ["sadness", "anger"],
  happiness: ["neutral", "surprise"],
  surprise: ["fear", "happiness"],
  sadness: ["neutral", "disgust"],
  anger: ["disgust", "sadness"],
  disgust: ["anger", "sadness"],
  fear: ["surprise", "sadness"],
  contempt: ["neutral", "happiness"],
};
