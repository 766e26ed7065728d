/** @file What `data check` says of images that are read although their decoder complains. */
import { join } from "node:path";
import { checkDataset, loadDataset } from "@mvt/datasets";
import { expect, test } from "vitest";
import { writeFiles } from "./fixtures/folder.ts";
import { oddPictures } from "./fixtures/odd-pictures.ts";
import { writeOfficial } from "./fixtures/raf-db.ts";

test("images whose decoder complained are counted and named apart, and are no defect", async () => {
  const folder = await writeOfficial();
  const odd = oddPictures();
  await writeFiles(join(folder, "Image/aligned"), {
    "train_00001_aligned.jpg": odd["jfif-2.01.jpg"]!,
    "train_00002_aligned.jpg": odd["pixels-checksum.png"]!,
    "train_00003_aligned.jpg": odd["colour.jpg"]!,
  });
  const { rows } = await checkDataset(await loadDataset("raf-db", folder));
  const row = (what: string) => rows.find((each) => each.what === what);
  expect(row("images read with a complaint")).toEqual({
    what: "images read with a complaint",
    found: 2,
    verdict: "not applicable",
    names: [
      "train_00001_aligned.jpg (VipsJpeg: Warning: unknown JFIF revision number 2.01)",
      "train_00002_aligned.jpg (vipspng: libpng read error)",
    ],
  });
  expect(row("unreadable images")).toMatchObject({ found: 0, verdict: "ok" });
});
