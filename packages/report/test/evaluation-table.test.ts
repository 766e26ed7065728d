import {
  compare,
  compareTable,
  confusionTable,
  evaluate,
  type EvaluatedRun,
  evaluationTable,
  toCsv,
  toMarkdown,
  toText,
} from "@mvt/report";
import { describe, expect, test } from "vitest";
import { predictionsOf } from "./fixtures/predictions.ts";
import { goldenDraws } from "./fixtures/golden.ts";
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
const repeated = (images: string, times: number) => Array(times).fill(images).join(" ");
const one = predictionsOf(`${repeated("aa aa ab bb", 15)} ${repeated("cc", 5)} ca`);
const other = predictionsOf(`${repeated("aa aa aa ba", 15)} ${repeated("cc", 5)} cc`);
const options = (stratified = false) => ({
  resamples: 200,
  stratified,
  integer: goldenDraws(),
});

describe("the report of an evaluation", () => {
  const evaluation = evaluate(one, options());
  const table = evaluationTable(run, evaluation, provenance("synthetic"));

  test("shows every metric with its interval, and the confusion matrix below", () => {
    expect(tablesOf(table)).toMatchInlineSnapshot(`
      "| Data set | Metric              | Class | Value (%)            | Correct |
      | :------- | :------------------ | :---- | :------------------- | :------ |
      | RAF-DB   | Accuracy            | –     | 75.8 [66.6, 86.4]    | 50/66   |
      | RAF-DB   | Mean class accuracy | –     | 83.3 [72.5, 91.7]    | –       |
      | RAF-DB   | Macro F1            | –     | 78.8 [68.2, 88.0]    | –       |
      | RAF-DB   | Class accuracy      | a     | 66.7 [52.2, 78.7]    | 30/45   |
      | RAF-DB   | Class accuracy      | b     | 100.0 [100.0, 100.0] | 15/15   |
      | RAF-DB   | Class accuracy      | c     | 83.3 [50.0, 100.0]   | 5/6     |
      | RAF-DB   | F1                  | a     | 78.9 [67.7, 87.8]    | –       |
      | RAF-DB   | F1                  | b     | 66.7 [50.0, 82.0]    | –       |
      | RAF-DB   | F1                  | c     | 90.9 [66.7, 100.0]   | –       |

      ## Confusion matrix

      Rows are true classes, columns are predicted classes. A cell shows the number of images and their percentage of the row.

      | True | a           | b            | c          |
      | :--- | :---------- | :----------- | :--------- |
      | a    | 30 (66.7 %) | 15 (33.3 %)  | 0 (0.0 %)  |
      | b    | 0 (0.0 %)   | 15 (100.0 %) | 0 (0.0 %)  |
      | c    | 1 (16.7 %)  | 0 (0.0 %)    | 5 (83.3 %) |
      "
    `);
  });

  test("says how the intervals were computed, and which classes are too small for one", () => {
    const markdown = toMarkdown(table);
    expect(markdown).toContain("# Evaluation of RAF-DB, linear, seed 0: validation-best weights");
    expect(markdown).toContain(
      "200 bootstrap resamples of the images, drawn with replacement from all images (not stratified by class).",
    );
    const within = evaluationTable(run, evaluate(one, options(true)), provenance("synthetic"));
    expect(toMarkdown(within)).toContain("within each true class (stratified).");
    expect(markdown).toContain("- Fewer than 30 images: b (15), c (6).");
    expect(markdown).toContain("**The data are synthetic");
  });

  test("has one CSV line per metric, with every count", () => {
    expect(toCsv(table)).toMatchInlineSnapshot(`
      "dataset,measure,class,value,value_low,value_high,k,n,split,weights,resamples,stratified,data_kind,label_noise,runs
      RAF-DB,accuracy,,75.7576,66.6288,86.3636,50,66,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,mean_class_accuracy,,83.3333,72.4732,91.6812,,,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,macro_f1,,78.8410,68.1920,87.9877,,,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,class_accuracy,a,66.6667,52.1716,78.7321,30,45,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,class_accuracy,b,100.0000,100.0000,100.0000,15,15,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,class_accuracy,c,83.3333,50.0000,100.0000,5,6,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,f1,a,78.9474,67.6667,87.8098,,,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,f1,b,66.6667,49.9695,81.9769,,,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,f1,c,90.9091,66.6667,100.0000,,,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      "
    `);
  });

  test("has one CSV line per cell of the confusion matrix", () => {
    const csv = toCsv(confusionTable(run, evaluation, provenance("synthetic")));
    expect(csv).toMatchInlineSnapshot(`
      "dataset,truth,predicted,share,share_low,share_high,k,n,split,weights,resamples,stratified,data_kind,label_noise,runs
      RAF-DB,a,a,66.6667,52.1716,78.7321,30,45,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,a,b,33.3333,21.2679,47.8284,15,45,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,a,c,0.0000,0.0000,0.0000,0,45,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,b,a,0.0000,0.0000,0.0000,0,15,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,b,b,100.0000,100.0000,100.0000,15,15,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,b,c,0.0000,0.0000,0.0000,0,15,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,c,a,16.6667,0.0000,50.0000,1,6,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,c,b,0.0000,0.0000,0.0000,0,6,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      RAF-DB,c,c,83.3333,50.0000,100.0000,5,6,test,validation-best,200,false,synthetic,0.1,3f2a00000000
      "
    `);
  });

  test("leaves open what is not defined", () => {
    const sparse = evaluate(predictionsOf("aa ab", 3), options());
    const text = tablesOf(evaluationTable(run, sparse, provenance("synthetic")));
    expect(text).toMatch(/\| Class accuracy +\| c +\| – +\| 0\/0 +\|/);
    expect(text).toMatch(/\| F1 +\| c +\| – +\| – +\|/);
    expect(text).toMatch(/\| c +\| 0 \(–\) +\| 0 \(–\) +\| 0 \(–\) +\|/);
  });

  test("refuses data that the provenance contradicts", () => {
    expect(() =>
      evaluationTable(run, evaluation, provenance("real")),
    ).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: evaluationTable: expected the provenance to describe RAF-DB as synthetic, got real]`,
    );
  });
});

describe("the report of a comparison", () => {
  const comparison = compare(one, other, options());
  const runs = [run, { ...run, id: "c09b00000000", title: "RAF-DB, sigmoid, seed 0" }] as const;
  const table = compareTable(runs, comparison, provenance("synthetic"));

  test("shows the runs side by side, with their difference and which run is correct where", () => {
    expect(tablesOf(table)).toMatchInlineSnapshot(`
      "| Data set | Metric                  | A                 | B                 | B − A               |
      | :------- | :---------------------- | :---------------- | :---------------- | :------------------ |
      | RAF-DB   | Accuracy (%)            | 75.8 [66.6, 86.4] | 77.3 [68.1, 86.4] | +1.5 [−15.2, 15.2]  |
      | RAF-DB   | Mean class accuracy (%) | 83.3 [72.5, 91.7] | 66.7 [66.7, 66.7] | −16.7 [−25.6, −5.8] |
      | RAF-DB   | Macro F1 (%)            | 78.8 [68.2, 88.0] | 61.9 [59.4, 63.8] | −16.9 [−27.9, −5.6] |

      ## Images by which run is correct

      |           | B correct | B wrong |
      | :-------- | --------: | ------: |
      | A correct |        35 |      15 |
      | A wrong   |        16 |       0 |
      "
    `);
  });

  test("names the runs, and says what p means", () => {
    const markdown = toMarkdown(table);
    expect(markdown).toContain("- A: run 3f2a00000000, RAF-DB, linear, seed 0, validation-best");
    expect(markdown).toContain("- B: run c09b00000000, RAF-DB, sigmoid, seed 0, validation-best");
    expect(markdown).toContain("Only A is correct on b = 15 images, only B on c = 16: p = 1.");
  });

  test("has one CSV line per metric, with the test's counts in the line of the accuracy", () => {
    expect(toCsv(table)).toMatchInlineSnapshot(`
      "dataset,measure,a,a_low,a_high,b,b_low,b_high,difference,difference_low,difference_high,n,both_right,only_a_right,only_b_right,neither_right,p,resamples,stratified,data_kind,label_noise,runs
      RAF-DB,accuracy,75.7576,66.6288,86.3636,77.2727,68.1439,86.3636,1.5152,-15.1515,15.1894,66,35,15,16,0,1,200,false,synthetic,0.1,3f2a00000000 c09b00000000
      RAF-DB,mean_class_accuracy,83.3333,72.4732,91.6812,66.6667,66.6667,66.6667,-16.6667,-25.5923,-5.8065,66,,,,,,200,false,synthetic,0.1,3f2a00000000 c09b00000000
      RAF-DB,macro_f1,78.8410,68.1920,87.9877,61.9048,59.4288,63.7540,-16.9363,-27.8569,-5.6218,66,,,,,,200,false,synthetic,0.1,3f2a00000000 c09b00000000
      "
    `);
  });
});

describe("a table for the terminal", () => {
  test("says how to read it, and not where it comes from", () => {
    const text = toText(evaluationTable(run, evaluate(one, options()), provenance("synthetic")));
    expect(text).toContain("## How to read this table\n\n- In brackets: the 95 % percentile");
    expect(text).toContain("## Notes");
    expect(text).not.toMatch(/^# |Provenance/m);
  });
});
