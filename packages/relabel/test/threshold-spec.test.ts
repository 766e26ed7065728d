/** @file The argument of --threshold, as text. */
import { CommandLineError } from "@mvt/common";
import { parseThresholdSpec } from "@mvt/relabel";
import { describe, expect, test } from "vitest";

describe("a threshold's specification", () => {
  test.each([
    ["sigmoid", "built-in", "sigmoid", {}],
    ["sigmoid:k=20,x0=0.3", "built-in", "sigmoid", { k: 20, x0: 0.3 }],
    [" linear: scale = 5e-1 ", "built-in", "linear", { scale: 0.5 }],
    ["./mine.ts", "path", "./mine.ts", {}],
    ["./mine.ts:a=-1", "path", "./mine.ts", { a: -1 }],
    ["mine.ts", "path", "mine.ts", {}],
    ["thresholds/mine.mjs", "path", "thresholds/mine.mjs", {}],
    [".", "path", ".", {}],
    ["..", "path", "..", {}],
    ["../folder:a=1", "path", "../folder", { a: 1 }],
    ["/home/me/folder", "path", "/home/me/folder", {}],
    [String.raw`.\mine.ts:a=1`, "path", String.raw`.\mine.ts`, { a: 1 }],
    [String.raw`C:\me\mine.ts`, "path", String.raw`C:\me\mine.ts`, {}],
    [String.raw`C:\me\mine.ts:a=1`, "path", String.raw`C:\me\mine.ts`, { a: 1 }],
    ["d:/me/folder:a=1", "path", "d:/me/folder", { a: 1 }],
    ["file:///home/me/mine.ts", "path", "file:///home/me/mine.ts", {}],
    ["file:///C:/me/mine.ts:a=1", "path", "file:///C:/me/mine.ts", { a: 1 }],
    ["file:///home/a%3Ab.ts:a=1", "path", "file:///home/a%3Ab.ts", { a: 1 }],
    ["mvt-threshold-cosine", "package", "mvt-threshold-cosine", {}],
    ["@me/thresholds/steep:a=1", "package", "@me/thresholds/steep", { a: 1 }],
    ["Sigmoid", "package", "Sigmoid", {}],
    ["toString", "package", "toString", {}],
  ])("%s is a %s", (spec, kind, target, parameters) => {
    expect(parseThresholdSpec(spec)).toEqual({ kind, target, parameters });
  });

  test.each([
    ["", "expected NAME, PATH or PACKAGE before the parameters, got nothing"],
    [":k=1", "got nothing. Built in are constant, linear, quadratic, sigmoid."],
    ["sigmoid:", 'expected key=value after the colon, got ""'],
    ["sigmoid:20", 'expected key=value after the colon, got "20"'],
    ["sigmoid:k=20,", 'expected key=value after the colon, got ""'],
    ["sigmoid:=20", 'expected key=value after the colon, got "=20"'],
    ["sigmoid:k=", 'expected a number for k, got ""'],
    ["sigmoid:k=ten", 'expected a number for k, got "ten"'],
    ["sigmoid:k=Infinity", 'expected a number for k, got "Infinity"'],
    ["sigmoid:k=1=2", 'expected a number for k, got "1=2"'],
    ["sigmoid:k=1,k=2", "expected each parameter once, got k twice"],
    ["./a:b.ts", 'expected key=value after the colon, got "b.ts"'],
    ["https://example.org/f.ts", "got a https: address. Save the file and give its path."],
  ])("%s is refused", (spec, message) => {
    expect(() => parseThresholdSpec(spec)).toThrow(CommandLineError);
    expect(() => parseThresholdSpec(spec)).toThrow(`--threshold "${spec}": `);
    expect(() => parseThresholdSpec(spec)).toThrow(message);
  });
});
