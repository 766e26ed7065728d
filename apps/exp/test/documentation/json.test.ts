/** @file The scripting guide has every key of what --json writes, with its type and its meaning, and no other. */
import { benchCommand } from "@mvt/bench";
import { commands as ownCommands } from "@mvt/experiments/cli";
import { describe, expect, test } from "vitest";
import { nameOf } from "./commands.ts";
import { rowsOf, sharedRows } from "./json-keys.ts";
import { readAll } from "./repository.ts";

const guide = readAll(["docs/guides/scripting.md"])[0]!.text;
const modules = await Promise.all(
  [...ownCommands, benchCommand].map(async (command) => ({
    name: nameOf(command),
    ...(await command.load()),
  })),
);
const shapes = new Map(modules.flatMap(({ facts = {} }) => Object.entries(facts)));

/** The rows of the table under a heading: "`id` | text | the run's id". */
function documented(heading: string): readonly string[] {
  const [, section = ""] = guide.split(`\n### \`${heading}\`\n`);
  return section
    .split(/^#/m)[0]!
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.replaceAll(/\s+/g, " ").slice(2, -2));
}

describe("docs/guides/scripting.md", () => {
  test.for([...shapes])("has every key of %s", ([heading, schema]) => {
    expect(documented(heading)).toEqual(rowsOf(schema));
  });

  test.for([...sharedRows([...shapes.values()])])("has every key of a %s", ([name, rows]) => {
    expect(documented(name)).toEqual(rows);
  });

  test("says what every key is", () => {
    for (const schema of shapes.values()) {
      expect(rowsOf(schema).filter((row) => row.endsWith("| "))).toEqual([]);
    }
  });
});

test("a command takes --json if and only if it has facts", () => {
  const takes = modules.filter(({ options }) => Object.hasOwn(options, "json"));
  const has = modules.filter(({ facts }) => facts !== undefined);
  expect(takes.map(({ name }) => name)).toEqual(has.map(({ name }) => name));
  expect(has.length).toBeGreaterThan(20);
});
