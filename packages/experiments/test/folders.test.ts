/** @file The folders of this package stand in one order: a file imports from its own folder and from earlier ones. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

/** From the bottom up. `runs` knows nothing of training; what a command prints lies under `cli`. */
const order = [
  "settings",
  "engine",
  "data",
  "pretrained",
  "runs",
  "training",
  "evaluation",
  "masks",
  "export",
  "predict",
  "setup",
  "studies",
  "launch",
  "cli",
];

const src = resolve(import.meta.dirname, "../src");
const folderOf = (path: string) => relative(src, dirname(path)).split("/")[0]!;
const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => join(src, name));

test("every folder has its place in the order", () => {
  expect(new Set(files.map(folderOf).filter(Boolean))).toEqual(new Set(order));
});

test("no import runs up, type imports included", () => {
  const upward = files.flatMap((path) => {
    const imports = readFileSync(path, "utf8").matchAll(/(?:from|import\(?) ?"(\.[^"]+)"/g);
    const own = order.indexOf(folderOf(path));
    return [...imports]
      .map(([, specifier]) => resolve(dirname(path), specifier!))
      .filter((target) => own !== -1 && order.indexOf(folderOf(target)) > own)
      .map((target) => `${relative(src, path)} imports ${relative(src, target)}`);
  });
  expect(upward).toEqual([]);
});
