/** @file A run beside models of other packages, on the same images. */
import { type EvaluatedRun, measurePeers, peersTable, toCsv, wilsonInterval } from "@mvt/report";
import { describe, expect, test } from "vitest";
import { goldenDraws } from "./fixtures/golden.ts";
import { predictionsOf } from "./fixtures/predictions.ts";
import { provenance } from "./fixtures/runs.ts";
import { tablesOf } from "./fixtures/tables-of.ts";

const run: EvaluatedRun = {
  id: "3f2a00000000",
  title: "RAF-DB, linear, seed 0",
  dataset: "RAF-DB",
  kind: "synthetic",
  split: "test",
  weights: "validation-best",
};
const repeated = (images: string) => Array(10).fill(images).join(" ");
const peers = measurePeers(
  [
    { id: "mvt", title: run.title, predictions: predictionsOf(repeated("aa aa bb cc")) },
    { id: "other", title: "another", predictions: predictionsOf(repeated("aa ab bb ca")) },
  ],
  () => ({ resamples: 200, stratified: false, integer: goldenDraws() }),
);

describe("the table of peers", () => {
  const table = peersTable(run, peers, provenance("synthetic"), ["Drawn faces."]);

  test("has counts, Wilson intervals, and the difference to the run on the same images", () => {
    expect(tablesOf(table)).toMatchInlineSnapshot(`
      "| Data set | Model                  | Right    | Accuracy (%)        | Mean class accuracy (%) | Minus the run (points) |         p |
      | :------- | :--------------------- | :------- | :------------------ | :---------------------- | :--------------------- | --------: |
      | RAF-DB   | RAF-DB, linear, seed 0 | 40 of 40 | 100.0 [91.2, 100.0] | 100.0 [100.0, 100.0]    | –                      |         – |
      | RAF-DB   | another                | 20 of 40 | 50.0 [35.2, 64.8]   | 50.0 [43.3, 56.7]       | −50.0 [−65.0, −37.4]   | 0.0000019 |
      "
    `);
    const { low, high } = wilsonInterval(20, 40);
    const [, other] = table.rows;
    expect(other!.cells["accuracy"]).toMatchObject({ value: 0.5, interval: { low, high } });
    expect(other!.cells["difference"]).toMatchObject({ value: -0.5, signed: true });
  });

  test("has them as numbers in its CSV", () => {
    const csv = toCsv(table);
    expect(csv).toMatch(/^dataset,model,model_id,k,n,accuracy/);
    expect(csv).toContain("RAF-DB,another,other,20,40,50.0000,35.1995,64.8005");
  });

  test("is refused for predictions of other images", () => {
    const [ours, others] = [predictionsOf("aa bb"), predictionsOf("aa cb")];
    expect(() =>
      measurePeers(
        [
          { id: "mvt", title: "run", predictions: ours },
          { id: "other", title: "other", predictions: others },
        ],
        () => ({ resamples: 10, stratified: false, integer: () => 0 }),
      ),
    ).toThrow(RangeError);
  });
});
