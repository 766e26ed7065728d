/** @file Which labels were changed into which. */
import { labelFlow } from "@mvt/report";
import { describe, expect, test } from "vitest";

const classes = ["anger", "fear", "joy"];

describe("the flow of labels", () => {
  test("counts changes by given and current class, and those that are right", () => {
    const flow = labelFlow({
      classes,
      given: [0, 0, 0, 1, 2],
      current: [1, 1, 0, 2, 2],
      truth: [1, 0, 1, 2, 2],
    });
    expect(flow[0]![1]).toEqual({ count: 2, known: 2, right: 1 });
    expect(flow[1]![2]).toEqual({ count: 1, known: 1, right: 1 });
  });

  test("has an empty diagonal: what was kept is no change", () => {
    const flow = labelFlow({ classes, given: [0, 1, 2], current: [0, 1, 2], truth: [0, 0, 0] });
    expect(flow).toHaveLength(classes.length);
    for (const cell of flow.flat()) expect(cell).toEqual({ count: 0, known: 0, right: 0 });
  });

  test("leaves changes without a known truth out of those that can be right", () => {
    const flow = labelFlow({
      classes,
      given: [0, 0, 0],
      current: [1, 1, 1],
      truth: [undefined, 1, 2],
    });
    expect(flow[0]![1]).toEqual({ count: 3, known: 2, right: 1 });
    expect(labelFlow({ classes, given: [0], current: [1] })[0]![1]).toEqual({
      count: 1,
      known: 0,
      right: 0,
    });
  });

  test("refuses labels that are no class, and arrays of other lengths", () => {
    expect(() => labelFlow({ classes, given: [0], current: [3] })).toThrow(
      "labelFlow: expected class indices from 0 to 2, got 0 and 3 for image 0",
    );
    expect(() => labelFlow({ classes, given: [0, 1], current: [0] })).toThrow(
      "labelFlow: expected as many current and true labels as given ones (2), got 1 and none",
    );
  });
});
