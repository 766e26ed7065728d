/** @file The documentation test finds what is wrong: its helpers on small texts. */
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { settingPaths } from "@mvt/experiments";
import { defineCommand } from "@mvt/experiments/cli";
import { commandProblem, flagProblem, flagsOf, isPlaceholder, wordsOf } from "./commands.ts";
import { anchorsOf, codeLines, inlineCode, localLinks } from "./markdown.ts";
import { settingProblem, settingsIn } from "./settings.ts";
import { declaredNames, identifierIn, readSource } from "./source-text.ts";

const markdown = `# Draw, then train

Run \`draw --count 3\` or \`draw
--all\`: see [the guide](guide.md#more) and [elsewhere](https://example.org).

    pnpm exp draw --count 3 \\
      --all        # draws
    # nothing but a comment

\`\`\`ts
const hidden = "pnpm exp gone";
\`\`\`

\`\`\`
pnpm exp draw
\`\`\`
`;

describe("a Markdown text", () => {
  test("shows the lines of its shell code, without comments", () => {
    expect(codeLines(markdown)).toEqual([
      { line: 6, text: "pnpm exp draw --count 3 --all" },
      { line: 8, text: "" },
      { line: 15, text: "pnpm exp draw" },
    ]);
  });

  test("shows its inline code, joined over line ends", () => {
    expect(inlineCode(markdown)).toEqual([
      { line: 3, text: "draw --count 3" },
      { line: 3, text: "draw --all" },
    ]);
  });

  test("links to files", () => {
    expect(localLinks(markdown)).toEqual([{ line: 4, text: "guide.md#more" }]);
  });

  test("has an anchor for each heading", () => {
    expect(anchorsOf(markdown)).toEqual(new Set(["draw-then-train"]));
  });
});

describe("a command line", () => {
  const draw = {
    name: "draw <what>",
    about: "draws",
    load: async () =>
      defineCommand({
        positionals: { what: { choices: ["faces", "masks"], demandOption: true } },
        options: { count: { type: "number" }, ink: { choices: ["red", "blue"] } },
        examples: [],
        run: async () => {},
      }),
  };
  const problem = (line: string, complete = true) =>
    commandProblem(wordsOf(line), [draw], { complete });

  test("is split into words at spaces outside of quotes", () => {
    expect(wordsOf(`draw "red ink" --x='a b'`)).toEqual(["draw", "red ink", "--x=a b"]);
  });

  test("parses", async () => {
    expect(await problem("draw faces --count 3 --ink red")).toBeUndefined();
    expect(await problem("draw --help", false)).toBeUndefined();
  });

  test("may leave values to be filled in", async () => {
    expect(await problem("draw faces --count N --ink=..")).toBeUndefined();
    expect(["DIR", "..", "$seed"].every(isPlaceholder)).toBe(true);
    expect(["raf-db", "S/16", "1"].some(isPlaceholder)).toBe(false);
  });

  test("must name a command", async () => {
    expect(await problem("paint")).toBe("there is no command paint");
  });

  test("must name flags of the command", async () => {
    expect(await problem("draw faces --size 3")).toContain("size");
    expect(await problem("draw --size 3", false)).toBeDefined();
  });

  test("must give values that a flag takes", async () => {
    expect(await problem("draw faces --ink green")).toContain("green");
    expect(await problem("draw faces --count many")).toContain("expected a number");
    expect(await problem("draw trees")).toContain("trees");
  });

  test("may lack what is required where prose names it in passing", async () => {
    expect(await problem("draw --ink red")).toContain("expected <what>");
    expect(await problem("draw --ink red", false)).toBeUndefined();
    expect(await problem("draw --ink green", false)).toContain("green");
  });

  test("may be flags alone, which are held against their choices", async () => {
    const declared = await flagsOf(draw);
    expect(flagProblem(["--ink", "red", "--count", "2"], declared)).toBeUndefined();
    expect(flagProblem(["--ink"], declared)).toBeUndefined();
    expect(flagProblem(["--ink", "green"], declared)).toContain("red, blue");
    expect(flagProblem(["--size", "2"], declared)).toContain("--size");
  });
});

describe("a setting", () => {
  const schema = z.strictObject({
    epochs: z.int().positive(),
    erasing: z.strictObject({ p: z.number() }).or(z.literal(false)),
  });
  const problem = (assignment: string) =>
    settingProblem(schema, { epochs: 1, erasing: false }, assignment);

  test("is found behind --set, or by itself", () => {
    expect(settingsIn("train --set epochs=3 --set erasing.p=..")).toEqual([
      "epochs=3",
      "erasing.p=..",
    ]);
    expect(settingsIn("erasing.p=0.5")).toEqual(["erasing.p=0.5"]);
  });

  test("has a path in the schema, on any side of a choice", () => {
    expect(settingPaths(schema)).toEqual(["epochs", "erasing.p", "erasing"]);
    expect(problem("epoch=3")).toBe("there is no setting epoch");
    expect(problem("erasing.p=..")).toBeUndefined();
  });

  test("has a value that the schema takes", () => {
    expect(problem("epochs=3")).toBeUndefined();
    expect(problem("epochs=none")).toContain("epochs");
  });
});

describe("a source", () => {
  const source = [
    'const answer = /"not text/.exec(input); // "no text"',
    "export function score(of: string) {",
    "  return `--split ${of === 'a' ? `b` : of} of scales.ts`;",
    "}",
    "interface Size { readonly width: number }",
    "export { score as scored, type Size };",
  ].join("\n");

  test("is read as code and texts", () => {
    const { code, texts } = readSource(source);
    expect(texts.map(({ text }) => text)).toEqual(["a", "b", "--split … of scales.ts"]);
    expect(code).not.toContain("no text");
    expect(code).toContain("interface Size");
  });

  test("declares names", () => {
    const names = declaredNames(readSource(source).code);
    expect(
      ["score", "scored", "Size", "width", "answer"].filter((name) => !names.has(name)),
    ).toEqual([]);
    expect(names.has("scoreSubset")).toBe(false);
  });

  test("may be named by identifiers", () => {
    expect(identifierIn("scoreSubset")).toBe("scoreSubset");
    expect(identifierIn("mvt.predict({ data })")).toBe("predict");
    expect(identifierIn("labels.jsonl")).toBeUndefined();
    expect(identifierIn("accuracy")).toBeUndefined();
    expect(identifierIn("--set a=b")).toBeUndefined();
  });
});
