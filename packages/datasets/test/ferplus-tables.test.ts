/**
 * @file Both of Microsoft's vote tables counted under every protocol: what `checkDataset` takes for the
 * published counts is what the tables say.
 *
 * `fixtures/ferplus-votes/` holds the tables (MIT licence, Copyright (c) Microsoft Corporation) as
 * different rows of votes and how many images of each split have them; images without a name are left out.
 */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import {
  applyProtocol,
  checkDataset,
  type FerplusProtocol,
  ferplusClasses,
  ferplusProtocols,
  loadDataset,
} from "@mvt/datasets";
import { parse } from "csv-parse";
import { beforeAll, describe, expect, test } from "vitest";
import { writeTables } from "./fixtures/ferplus.ts";

const splits = ["train", "validation", "test"] as const;
const tables = { csv: "fer2013new", folders: "label" } as const;
type Layout = keyof typeof tables;

/** Ten votes, then images in each of the three splits. */
let rows: Readonly<Record<Layout, readonly (readonly number[])[]>>;

async function read(table: string): Promise<number[][]> {
  const path = new URL(`fixtures/ferplus-votes/${table}.csv.gz`, import.meta.url);
  const parser = createReadStream(path)
    .pipe(createGunzip())
    .pipe(parse({ from_line: 2, cast: Number }));
  return Array.fromAsync(parser as AsyncIterable<number[]>);
}

beforeAll(async () => {
  rows = { csv: await read(tables.csv), folders: await read(tables.folders) };
});

/** Images per split, then per class. */
function count(layout: Layout, protocol: FerplusProtocol): number[][] {
  const counts = splits.map(() => ferplusClasses.map(() => 0));
  for (const row of rows[layout]) {
    const expression = applyProtocol(row.slice(0, 10), protocol);
    if (expression === undefined) continue;
    const k = ferplusClasses.findIndex((name) => name === expression);
    for (const [i, perClass] of counts.entries()) perClass[k]! += row[10 + i]!;
  }
  return counts;
}

describe("the vote tables of FERPlus", () => {
  test("have 35,714 named rows, and 35,710 different images", () => {
    const total = (layout: Layout) =>
      rows[layout].flatMap((row) => row.slice(10)).reduce((sum, n) => sum + n, 0);
    expect([total("csv"), total("folders")]).toEqual([28561 + 3579 + 3574, 28558 + 3579 + 3573]);
  });

  test("have ten votes in every row but one", () => {
    const others = rows.csv.filter((row) => row.slice(0, 10).reduce((sum, n) => sum + n, 0) !== 10);
    expect(others.map((row) => row.slice(10))).toEqual([[1, 0, 0]]);
  });

  const cases = (Object.keys(tables) as Layout[]).flatMap((layout) =>
    (Object.keys(ferplusProtocols) as FerplusProtocol[]).map(
      (protocol) => [layout, protocol] as const,
    ),
  );
  test.each(cases)(
    "give the counts that are published for %s under %s",
    async (layout, protocol) => {
      const dataset = await loadDataset("ferplus", await writeTables());
      const check = await checkDataset({ ...dataset, layout, protocol });
      const published = splits.map((split) =>
        ferplusClasses.map(
          (name) => check.rows.find(({ what }) => what === `${split} / ${name}`)!.published,
        ),
      );
      expect(count(layout, protocol)).toEqual(published);
    },
  );
});
