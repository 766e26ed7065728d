import { describe, expect, test } from "vitest";
import { CommandLineError, printable, reasonOf, UserError } from "@mvt/common";

describe("a UserError", () => {
  test("ends its message with the advice, and keeps the finding apart", () => {
    const error = new UserError("a.csv: expected two columns, got one", { advice: "Add one." });
    expect(error.message).toBe("a.csv: expected two columns, got one. Add one.");
    expect(error.finding).toBe("a.csv: expected two columns, got one");
  });

  test("has exit code 1, and 2 where the command line is wrong", () => {
    expect(new UserError("no").exitCode).toBe(1);
    expect(new CommandLineError("no").exitCode).toBe(2);
    expect(new CommandLineError("no")).toBeInstanceOf(UserError);
  });
});

describe("text from elsewhere", () => {
  test("loses its control characters", () => {
    expect(printable("a\u001B[2Jb\n")).toBe("a?[2Jb?");
  });

  test("is a reason without a full stop, whatever was thrown", () => {
    expect(reasonOf(new Error("no such file."))).toBe("no such file");
    expect(reasonOf("odd")).toBe("odd");
  });
});
