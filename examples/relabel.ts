/**
 * @file Relabelling without this project's trainer: a classifier in plain TypeScript, softmax regression on points of a
 * plane, whose labels @mvt/relabel corrects while it learns. Any trainer that knows its probabilities can do the same.
 */
import { createRelabeller, LabelLedger, loadThreshold, relabelQuality } from "@mvt/relabel";
import { random } from "@mvt/core";

const classes = ["left", "right", "top"];
const centres = [
  [-2, -1],
  [2, -1],
  [0, 2],
] as const;
const [n, K, epochs] = [600, classes.length, 40];

// Points around three centres; a quarter of the labels are drawn anew.
const stream = random.stream(0, "points");
const truth = Int32Array.from({ length: n }, () => stream.integer(K));
const points = Array.from(truth, (k) => centres[k]!.map((at) => stream.normal(at)));
const given = truth.map((k) => (stream.bernoulli(0.25) ? stream.integer(K) : k));

const ids = points.map((_, i) => `point ${i}`);
const ledger = new LabelLedger({ ids, given, classes });
const threshold = await loadThreshold("sigmoid"); // or a file, a package, instantiate(...) of your own
const relabeller = createRelabeller({ threshold, startEpoch: 10 }, ledger);

const weights = classes.map(() => [0, 0, 0]); // of x, y and 1
const samples = ids.map((_, i) => i);
for (let epoch = 1; epoch <= epochs; epoch += 1) {
  const probabilities = Float32Array.from(points.flatMap(softmax)); // [n, K]
  const { labels } = ledger; // the labels as they are now
  for (const [k, row] of weights.entries()) {
    for (const i of samples) {
      const error = probabilities[i * K + k]! - Number(labels[i] === k);
      for (const [j, x] of [...points[i]!, 1].entries()) row[j]! -= (0.5 / n) * error * x;
    }
  }
  const right = samples.filter((i) => probabilities[i * K + given[i]!]! > 0.5).length;
  const changes = relabeller.observe(epoch, samples, probabilities);
  relabeller.endEpoch(epoch, right / n);
  if (epoch % 10 === 0) console.log(`epoch ${epoch}: ${changes.length} labels changed`);
}

const { precision, correctBefore, correctAfter } = relabelQuality({
  given,
  current: ledger.labels,
  truth,
});
console.log(`of ${precision.n} changed labels ${precision.k} are right now`);
console.log(`of ${n} labels ${correctBefore.k} were right before, ${correctAfter.k} after`);

/** The probabilities [K] of one point. */
function softmax([x = 0, y = 0]: readonly number[]): readonly number[] {
  const scores = weights.map(([a = 0, b = 0, c = 0]) => Math.exp(a * x + b * y + c));
  const total = scores.reduce((sum, score) => sum + score, 0);
  return scores.map((score) => score / total);
}
