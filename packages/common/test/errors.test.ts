import { describe, expect, test } from "vitest";
import { CommandLineError, reasonOf, UserError } from "@mvt/common";

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

describe("the message of a UserError", () => {
  const esc = "\u001B";

  test("cannot steer a terminal, but may have several lines", () => {
    const error = new UserError(`a${esc}[2J.csv: no\nb`, { advice: `Remove ${esc}]0;x\u0007` });
    expect(error.message).toBe(
      String.raw`a\x1b[2J.csv: no` + "\n" + String.raw`b. Remove \x1b]0;x\x07`,
    );
    expect(error.finding).not.toContain(esc);
    expect(error.advice).not.toContain(esc);
  });

  test("has an end, and keeps both ends of a long line", () => {
    const { message } = new UserError(`found ${"x".repeat(50_000_000)} here`, {
      advice: "Mend it.",
    });
    expect(message.length).toBeLessThan(11_000);
    expect(message).toMatch(/^found x+ \.\.\. x+\.\.\.\. Mend it\.$/);
    expect(new UserError("y\n".repeat(30_000_000)).message.length).toBeLessThan(201_000);
  });

  test("is not changed where it is a long path or a long list", () => {
    const text = `${"/folder".repeat(580)}: no\n`.repeat(40);
    expect(new UserError(text).message).toBe(text);
  });
});

describe("text from elsewhere", () => {
  test("is a reason without a full stop, whatever was thrown", () => {
    expect(reasonOf(new Error("no such file."))).toBe("no such file");
    expect(reasonOf("odd")).toBe("odd");
  });
});
