/**
 * @file Writes the odd pictures of test/fixtures/odd-pictures.ts, for golden/odd-pictures.py to read.
 *
 *   node packages/datasets/golden/odd-pictures.ts FOLDER
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { oddPictures } from "../test/fixtures/odd-pictures.ts";

const folder = process.argv[2]!;
mkdirSync(folder, { recursive: true });
for (const [name, bytes] of Object.entries(oddPictures())) writeFileSync(join(folder, name), bytes);
