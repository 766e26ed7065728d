/** @file How errors reach the user: the message, and the exit code. */
import { CommandLineError, UserError } from "@mvt/common";
import { DeviceError, TfjsError, WeightsError } from "@mvt/core";
import { DatasetError } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { exitCodeOf, messageOf } from "../src/cli/cli.ts";

describe("a message", () => {
  test("of an error that the user can mend is shown without a stack", () => {
    expect(messageOf(new UserError("expected a, got b", { advice: "Do c." }))).toBe(
      "error: expected a, got b. Do c.",
    );
  });

  test.each([DatasetError, DeviceError, TfjsError, WeightsError])(
    "of %o is one of these",
    (Kind) => {
      expect(Kind.prototype).toBeInstanceOf(UserError);
    },
  );

  test.each([
    new WeightsError("expected a, got b", "Do c."),
    new DeviceError("expected a, got b", { advice: "Do c." }),
  ])("of %o ends with its advice", (error) => {
    expect(messageOf(error)).toBe("error: expected a, got b. Do c.");
  });

  test("of what the system refuses names the path and what was being done", () => {
    const error = { code: "EEXIST", path: "taken/below", syscall: "mkdir" };
    expect(messageOf(Object.assign(new Error("mkdir"), error))).toBe(
      "error: taken/below: making this folder failed: a file is where a folder was expected (EEXIST). Choose another folder, or move what is in the way.",
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
  });

  test("is 1 for files, data, the disk and defects", () => {
    expect(exitCodeOf(new UserError("x"))).toBe(1);
    expect(exitCodeOf(new DatasetError("x"))).toBe(1);
    expect(exitCodeOf(new TypeError("x"))).toBe(1);
  });
});
