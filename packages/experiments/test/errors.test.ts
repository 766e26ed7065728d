/** @file How errors reach the user: the message, and the exit code. */
import { DeviceError, WeightsError } from "@mvt/core";
import { DatasetError } from "@mvt/datasets";
import { UsageError } from "@mvt/experiments";
import { MgnError } from "@mvt/mgn";
import { ThresholdError } from "@mvt/relabel";
import { describe, expect, test } from "vitest";
import { exitCodeOf, messageOf } from "../src/errors.ts";
import { CommandLineError } from "../src/usage-error.ts";

describe("a message", () => {
  test.each([CommandLineError, DatasetError, MgnError, ThresholdError, UsageError])(
    "of %o is shown without a stack",
    (Kind) => {
      expect(messageOf(new Kind("expected a, got b. Do c."))).toBe(
        "error: expected a, got b. Do c.",
      );
    },
  );

  test.each([
    new WeightsError("expected a, got b", "Do c."),
    new DeviceError("expected a, got b", { advice: "Do c." }),
  ])("of %o ends with its advice", (error) => {
    expect(messageOf(error)).toBe("error: expected a, got b. Do c.");
  });

  test.each([
    ["EEXIST", "a file is where a folder was expected"],
    ["ENOSPC", "the disk is full"],
  ])("of the system's %s names the path", (code, meaning) => {
    const error = Object.assign(new Error("mkdir"), { code, path: "taken/below" });
    expect(messageOf(error)).toBe(
      `error: taken/below: ${meaning} (${code}). Choose another folder, or change its rights.`,
    );
  });

  test("of a defect asks for a report, with the stack", () => {
    const error = new TypeError("x is undefined");
    expect(messageOf(error)).toContain(error.stack);
  });
});

describe("the exit code", () => {
  test("is 2 where the command line itself is wrong", () => {
    expect(exitCodeOf(new CommandLineError("--seeds 0"))).toBe(2);
    expect(exitCodeOf(new ThresholdError("--threshold quadratik"))).toBe(2);
  });

  test("is 1 for files, data, the disk and defects", () => {
    for (const Kind of [DatasetError, MgnError, UsageError, WeightsError, TypeError]) {
      expect(exitCodeOf(new Kind("x"))).toBe(1);
    }
  });
});
