/** @file The label ledger: what it records, how it goes back, and its text. */
import { UserError } from "@mvt/common";
import { LabelLedger, type LedgerData } from "@mvt/relabel";
import { describe, expect, test } from "vitest";

const data: LedgerData = {
  ids: ["train_00001", "train_00002", "train_00003", "train_00004"],
  given: [0, 1, 2, 0],
  classes: ["neutral", "happiness", "sadness"],
};
const numbers = { pMax: 0.75, pGt: 0.125, threshold: 0.2 };

/** Three changes in two samples: 0 goes neutral -> happiness (10) -> sadness (12), 2 sadness -> neutral (11). */
function changed(): LabelLedger {
  const ledger = new LabelLedger(data);
  ledger.apply({ sample: 0, epoch: 10, label: 1, ...numbers });
  ledger.apply({ sample: 2, epoch: 11, label: 0, ...numbers });
  ledger.apply({ sample: 0, epoch: 12, label: 2, ...numbers });
  return ledger;
}

describe("a label ledger", () => {
  test("begins with the given labels and no changes", () => {
    const ledger = new LabelLedger(data);
    expect([...ledger.labels]).toEqual([0, 1, 2, 0]);
    expect(ledger.labels).toBeInstanceOf(Int32Array);
    expect(ledger.changes).toEqual([]);
  });

  test("records a change by class name and makes it current", () => {
    const ledger = new LabelLedger(data);
    const change = ledger.apply({ sample: 3, epoch: 10, label: 2, ...numbers });
    expect(change).toEqual({
      epoch: 10,
      id: "train_00004",
      from: "neutral",
      to: "sadness",
      ...numbers,
    });
    expect(ledger.changes).toEqual([change]);
    expect([ledger.given(3), ledger.current(3)]).toEqual([0, 2]);
  });

  test("records nothing when the label is the current one already", () => {
    const ledger = new LabelLedger(data);
    expect(ledger.apply({ sample: 1, epoch: 10, label: 1, ...numbers })).toBeUndefined();
    expect(ledger.changes).toEqual([]);
  });

  test("changes its labels in place, so that a loop may hold on to the array", () => {
    const ledger = new LabelLedger(data);
    const { labels } = ledger;
    ledger.apply({ sample: 0, epoch: 1, label: 2, ...numbers });
    expect(labels[0]).toBe(2);
    ledger.revertAfter(0);
    expect(labels[0]).toBe(0);
  });

  test("copies the given labels", () => {
    const given = Int32Array.from([0, 1, 2, 0]);
    const ledger = new LabelLedger({ ...data, given });
    given.fill(1);
    expect([...ledger.labelsAt(0)]).toEqual([0, 1, 2, 0]);
  });

  test("tells the labels at the end of any epoch", () => {
    const ledger = changed();
    expect([0, 9, 10, 11, 12, 99].map((epoch) => [...ledger.labelsAt(epoch)])).toEqual([
      [0, 1, 2, 0],
      [0, 1, 2, 0],
      [1, 1, 2, 0],
      [1, 1, 0, 0],
      [2, 1, 0, 0],
      [2, 1, 0, 0],
    ]);
    expect([...ledger.labels]).toEqual([2, 1, 0, 0]);
  });

  test("reverts a sample to its given label", () => {
    const ledger = changed();
    expect(ledger.revert(0).map(({ to }) => to)).toEqual(["happiness", "sadness"]);
    expect([...ledger.labels]).toEqual([0, 1, 0, 0]);
    expect(ledger.changes.map(({ id }) => id)).toEqual(["train_00003"]);
  });

  test("reverts a change, and those of the same sample that built on it", () => {
    const last = changed();
    last.revert(last.changes[2]!);
    expect([...last.labels]).toEqual([1, 1, 0, 0]);

    const first = changed();
    expect(first.revert(first.changes[0]!)).toHaveLength(2);
    expect([...first.labels]).toEqual([0, 1, 0, 0]);
  });

  test("reverts everything after an epoch, and goes on from there", () => {
    const ledger = changed();
    expect(ledger.revertAfter(10)).toHaveLength(2);
    expect([...ledger.labels]).toEqual([1, 1, 2, 0]);
    ledger.apply({ sample: 1, epoch: 11, label: 0, ...numbers });
    expect([...ledger.labels]).toEqual([1, 0, 2, 0]);
  });

  test.each([
    ["a sample that is not there", { sample: 4 }, "expected a sample in 0 .. 3, got 4"],
    [
      "a class that is not there",
      { label: 3 },
      "expected a class in 0 .. 2 for train_00001, got 3",
    ],
    ["an epoch before the last one", { epoch: 11 }, "expected an epoch not before 12"],
    ["an epoch that is no integer", { epoch: 12.5 }, "got 12.5 for train_00001"],
    ["a probability that is not a number", { pMax: Number.NaN }, "expected finite pMax"],
  ])("refuses %s", (_, wrong, message) => {
    const ledger = changed();
    const before = ledger.toJsonLines();
    const apply = () => ledger.apply({ sample: 0, epoch: 12, label: 0, ...numbers, ...wrong });
    expect(apply).toThrow(UserError);
    expect(apply).toThrow(message);
    expect(ledger.toJsonLines()).toBe(before);
  });

  test("refuses to revert what it does not hold", () => {
    const ledger = changed();
    const change = ledger.changes[2]!;
    ledger.revert(change);
    expect(() => ledger.revert(change)).toThrow("expected a change of this ledger");
    expect(() => ledger.revert(9)).toThrow("expected a sample in 0 .. 3, got 9");
  });

  test.each([
    ["lengths that differ", { given: [0] }, "got 4 ids and 1 labels"],
    ["an id twice", { ids: ["a", "b", "a", "c"] }, 'each id once, got "a" at 0 and at 2'],
    ["a class twice", { classes: ["x", "y", "x"] }, 'each class once, got "x" at 0 and at 2'],
    ["a label that is no class", { given: [0, 1, 7, 0] }, "in 0 .. 2 for train_00003, got 7"],
  ])("refuses data with %s", (_, wrong, message) => {
    expect(() => new LabelLedger({ ...data, ...wrong })).toThrow(message);
  });
});

describe("a label ledger's text", () => {
  test("is a header and one change per line", () => {
    expect(changed().toJsonLines()).toMatchInlineSnapshot(`
      "{"format":"mvt-labels","version":1,"samples":4,"classes":["neutral","happiness","sadness"],"data":"d592f0ff89d30c8f"}
      {"epoch":10,"id":"train_00001","from":"neutral","to":"happiness","pMax":0.75,"pGt":0.125,"threshold":0.2}
      {"epoch":11,"id":"train_00003","from":"sadness","to":"neutral","pMax":0.75,"pGt":0.125,"threshold":0.2}
      {"epoch":12,"id":"train_00001","from":"happiness","to":"sadness","pMax":0.75,"pGt":0.125,"threshold":0.2}
      "
    `);
  });

  test("reads back bit for bit, and goes on as the first would have", () => {
    const ledger = new LabelLedger(data);
    const float32 = Math.fround(0.7); // as it comes from the network; 17 digits as a double
    ledger.apply({
      sample: 0,
      epoch: 10,
      label: 1,
      pMax: float32,
      pGt: 1e-30,
      threshold: 0.1 + 0.2,
    });
    const text = ledger.toJsonLines();

    const restored = LabelLedger.fromJsonLines(text, data);
    expect(restored.labels).toEqual(ledger.labels);
    expect(restored.changes).toEqual(ledger.changes);
    expect(restored.toJsonLines()).toBe(text);

    for (const each of [ledger, restored]) {
      each.apply({ sample: 0, epoch: 11, label: 0, ...numbers });
    }
    expect(restored.toJsonLines()).toBe(ledger.toJsonLines());
  });

  test("reads back with Windows line breaks, too", () => {
    const text = changed().toJsonLines();
    const restored = LabelLedger.fromJsonLines(text.replaceAll("\n", "\r\n"), data);
    expect(restored.toJsonLines()).toBe(text);
  });

  const valid = changed().toJsonLines().trimEnd().split("\n");
  const withLine = (line: number, text: string) =>
    `${valid.map((old, i) => (i === line - 1 ? text : old)).join("\n")}\n`;
  const edited = (line: number, fields: object) =>
    withLine(line, JSON.stringify({ ...JSON.parse(valid[line - 1]!), ...fields }));

  test.each([
    ["an empty file", "", "line 1: expected a line that ends in a line break, got an empty file"],
    [
      "a file that is cut short",
      changed().toJsonLines().slice(0, -9),
      "line 4: expected a line that ends in",
    ],
    ["another format", edited(1, { format: "csv" }), 'line 1: expected "format":"mvt-labels"'],
    [
      "a later version",
      edited(1, { version: 2 }),
      'line 1: expected "format":"mvt-labels","version":1',
    ],
    ["a header without classes", edited(1, { classes: 3 }), "line 1: expected samples (a count)"],
    ["another number of samples", edited(1, { samples: 5 }), "line 1: expected 4 samples"],
    [
      "other classes",
      edited(1, { classes: ["neutral", "sadness", "happiness"] }),
      "line 1: expected the classes neutral, happiness, sadness",
    ],
    [
      "other given labels",
      edited(1, { data: "0000000000000000" }),
      "line 1: expected the ids and given labels with digest d592f0ff89d30c8f, got those with digest 0000000000000000",
    ],
    [
      "a line that is not JSON",
      withLine(3, "{epoch: 3"),
      "line 3: expected one JSON object, got {epoch: 3",
    ],
    [
      "a line that is not an object",
      withLine(3, "[10]"),
      "line 3: expected one JSON object, got [10]",
    ],
    ["an empty line", withLine(3, ""), "line 3: expected one JSON object, got an empty line"],
    [
      "a change without pGt",
      edited(3, { pGt: null }),
      "line 3: expected epoch, id, from, to, pMax, pGt",
    ],
    ["an epoch that is no integer", edited(2, { epoch: 1.5 }), "line 2: expected epoch, id, from"],
    [
      "an unknown id",
      edited(3, { id: "test_1" }),
      'line 3: expected the id of a sample of this data, got "test_1"',
    ],
    [
      "an unknown class",
      edited(3, { to: "joy" }),
      'line 3: expected a class (neutral, happiness, sadness), got "joy"',
    ],
    [
      "a change that does not follow",
      edited(4, { from: "neutral" }),
      'line 4: expected a change of train_00001 from "happiness" to another class, got one from "neutral"',
    ],
    [
      "a change to the same class",
      edited(3, { to: "sadness" }),
      'line 3: expected a change of train_00003 from "sadness" to another',
    ],
    [
      "epochs out of order",
      edited(4, { epoch: 10 }),
      "line 4: expected an epoch not before 11, got 10",
    ],
  ])("is refused for %s, with the line", (_, text, message) => {
    const read = () => LabelLedger.fromJsonLines(text, data);
    expect(read).toThrow(UserError);
    expect(read).toThrow(`label ledger, ${message}`);
  });

  test("is refused for data whose labels were given otherwise", () => {
    const other = { ...data, given: [0, 1, 2, 1] };
    expect(() => LabelLedger.fromJsonLines(changed().toJsonLines(), other)).toThrow("with digest");
  });
});
