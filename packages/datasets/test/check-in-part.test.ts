/** @file What checking a data set says where images are missing or damaged, or labels are. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { checkDataset, type Dataset, loadDataset } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { hash, writeCsv, writeNpy } from "./fixtures/affectnet.ts";
import { writeFolders } from "./fixtures/ferplus.ts";
import { picture, temporaryFolder, writeFiles } from "./fixtures/folder.ts";
import { writeOfficial } from "./fixtures/raf-db.ts";

async function row(dataset: Dataset, what: string) {
  return (await checkDataset(dataset)).rows.find((each) => each.what === what);
}

describe("a data set in part", () => {
  test("is loaded for the check with all that is missing, damaged and left over", async () => {
    const folder = await writeOfficial();
    const aligned = join(folder, "Image", "aligned");
    for (const n of [1, 2, 3, 4, 5, 6]) await rm(join(aligned, `train_0000${n}_aligned.jpg`));
    await writeFiles(aligned, {
      "train_00007_aligned.jpg": "no picture",
      "extra.png": await picture("png", 9),
    });
    await expect(loadDataset("raf-db", folder)).rejects.toThrow("6 missing");
    const check = await checkDataset(await loadDataset("raf-db", folder, { missing: "keep" }));
    const found = Object.fromEntries(check.rows.map((each) => [each.what, each]));
    expect(found["train"]).toMatchObject({ found: 7 });
    expect(found["missing images"]).toMatchObject({ found: 6, verdict: "differs" });
    expect(found["missing images"]!.names).toHaveLength(6);
    expect(found["unreadable images"]!.names).toEqual([
      expect.stringContaining("train_00007_aligned.jpg (a file that begins with"),
    ]);
    expect(found["pictures without a label"]).toEqual({
      what: "pictures without a label",
      found: 1,
      published: 0,
      verdict: "differs",
      names: ["extra.png"],
    });
  });

  test("is checked where AffectNet's images or annotations are missing", async () => {
    const folder = await writeNpy({
      "train_set/images/9.jpg": undefined,
      "train_set/annotations/0_exp.npy": undefined,
    });
    const dataset = await loadDataset("affectnet-8", folder, { missing: "keep" });
    expect(await row(dataset, "missing images")).toMatchObject({ found: 1, names: ["9.jpg"] });
    expect(await row(dataset, "pictures without a label")).toMatchObject({ names: ["0.jpg"] });
  });

  test.for(["FERPlus", "AffectNet", "one's own table"])("is checked for %s", async (which) => {
    const load = async (): Promise<Dataset> => {
      if (which === "AffectNet") {
        const folder = await writeCsv({ without: [`34/${hash("b2")}.JPG`] });
        return loadDataset("affectnet-8", folder, { missing: "keep" });
      }
      if (which === "FERPlus") {
        const folder = await writeFolders();
        await rm(join(folder, "FER2013Train", "fer0000001.png"));
        return loadDataset("ferplus", folder, { missing: "keep" });
      }
      const folder = await temporaryFolder();
      await writeFiles(folder, {
        "labels.csv": "path,label,split\n1.jpg,a,train\n2.jpg,a,test\n3.jpg,b,test",
        "1.jpg": await picture("jpeg", 1),
        "2.jpg": await picture("jpeg", 2),
      });
      const custom = { classes: { a: "anger", b: "fear" } } as const;
      return loadDataset("custom", folder, { custom, missing: "keep" });
    };
    expect(await row(await load(), "missing images")).toMatchObject({ found: 1 });
  });
});
