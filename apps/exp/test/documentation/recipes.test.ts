/** @file The guide's table of the recipes has the settings of the list that the commands read. */
import { recipeNames, recipes } from "@mvt/experiments";
import { expect, test } from "vitest";
import { readAll } from "./repository.ts";

/** Where a recipe leaves a setting as it is. */
const absent = "–";

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

test("the guide has every setting of every recipe", () => {
  const named = recipeNames.filter((name) => Object.keys(recipes[name].changes).length > 0);
  const changesOf = (name: (typeof named)[number]): Readonly<Record<string, unknown>> =>
    recipes[name].changes;
  const paths = [...new Set(named.flatMap((name) => Object.keys(changesOf(name))))];
  const expected = paths.map((path) => [
    `\`${path}\``,
    ...named.map((name) => (path in changesOf(name) ? shown(changesOf(name)[path]) : absent)),
  ]);
  const [guide] = readAll(["docs/guides/training-recipes.md"]);
  const lines = guide!.text.split("\n");
  const heading = ["setting", ...named.map((name) => `\`${name}\``)];
  const cellsOf = (line: string) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
  const start = lines.findIndex((line) => cellsOf(line).join() === heading.join());
  const end = lines.findIndex((line, i) => i > start && line === "");
  const rows = lines.slice(start + 2, end).map(cellsOf);
  expect(new Map(rows.map((row) => [row[0], row]))).toEqual(
    new Map(expected.map((row) => [row[0], row])),
  );
});
