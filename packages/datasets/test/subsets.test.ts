/** @file The lists of occluded and turned test faces: every quirk of the published ones, and what is refused. */
import { dirname, join } from "node:path";
import { type Dataset, DatasetError, loadDataset, readSubsets, type Subset } from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import { hash, writeCsv, writeNpy } from "./fixtures/affectnet.ts";
import { pixelsOf, writeTables } from "./fixtures/ferplus.ts";
import { writeFiles } from "./fixtures/folder.ts";
import { writeOfficial } from "./fixtures/raf-db.ts";

/** As published: CRLF, none at the end, labels from 0, one image twice. */
const rafDbOcclusion = "test_0001_aligned 2 4\r\ntest_0002_aligned 6 1\r\ntest_0001_aligned 2 4";
const rafDbPose = "2/test_0001_aligned.jpg\n";

/** RAF-DB with lists below its folder: test_0001 is disgust, test_0002 neutral. */
async function rafDb(lists: Readonly<Record<string, string>>): Promise<Dataset> {
  const folder = await writeOfficial();
  await writeFiles(join(folder, "challenge", "RAF_DB_dir"), lists);
  return loadDataset("raf-db", folder);
}

async function refusal(dataset: Dataset): Promise<string> {
  const error = await readSubsets(dataset).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatasetError);
  return String(error).replaceAll(dataset.folder, "DIR");
}

/** Without the path, which is temporary. */
const about = ({ path, ...subset }: Subset) => {
  expect(path).toContain("challenge");
  return subset;
};

describe("the subsets of RAF-DB", () => {
  test("keep an image that stands twice, and count it twice", async () => {
    const dataset = await rafDb({
      "rafdb_occlusion_list.txt": rafDbOcclusion,
      "val_raf_db_list.txt": rafDbPose,
      "val_raf_db_list_45.txt": rafDbPose.trimEnd(),
    });
    expect((await readSubsets(dataset)).map(about)).toEqual([
      {
        name: "occlusion",
        title: "Occlusion-RAF-DB",
        ids: ["test_0001", "test_0002", "test_0001"],
        n: 3,
        unique: 2,
        published: 735,
        notes: ["3 lines name 2 images; a repeated line counts again, as published"],
      },
      {
        name: "pose-30",
        title: "Pose-RAF-DB (30)",
        ids: ["test_0001"],
        n: 1,
        unique: 1,
        published: 1247,
        notes: [],
      },
      {
        name: "pose-45",
        title: "Pose-RAF-DB (45)",
        ids: ["test_0001"],
        n: 1,
        unique: 1,
        published: 558,
        notes: [],
      },
    ]);
  });

  test("are those whose list is there", async () => {
    const subsets = await readSubsets(await rafDb({ "val_raf_db_list_45.txt": rafDbPose }));
    expect(subsets.map(({ name }) => name)).toEqual(["pose-45"]);
    expect(await readSubsets(await loadDataset("raf-db", await writeOfficial()))).toEqual([]);
  });

  test.each(["challenge", "Challenge-condition-FER-dataset"])(
    "may lie in %s/ beside the data set",
    async (home) => {
      const folder = await writeOfficial({ below: "all/raf-db" });
      const lists = { "val_raf_db_list.txt": rafDbPose };
      await writeFiles(join(folder, "all", home, "RAF_DB_dir"), lists);
      const dataset = await loadDataset("raf-db", join(folder, "all", "raf-db"));
      const [subset] = await readSubsets(dataset);
      expect(subset!.ids).toEqual(["test_0001"]);
      expect(dirname(subset!.path)).toBe(join(folder, "all", home, "RAF_DB_dir"));
    },
  );

  test.each([
    ["rafdb_occlusion_list.txt", "test_0001_aligned 2 4\r\ntest_0001 2\r\n", 2],
    ["rafdb_occlusion_list.txt", "test_0001_aligned 7 4", 1],
    ["rafdb_occlusion_list.txt", "\r\ntrain_00001_aligned 2 4", 2],
    ["val_raf_db_list.txt", "1247 7\n2\n", 1], // the label file in place of the list
    ["val_raf_db_list.txt", "2/test_0001_aligned.png", 1],
  ])("are refused for a line in %s that can not be read: %j", async (file, text, line) => {
    expect(await refusal(await rafDb({ [file]: text }))).toContain(
      `DIR/challenge/RAF_DB_dir/${file}:${line}: expected a line such as "`,
    );
  });

  test("are refused for an image that is not in the test set", async () => {
    const list = rafDbPose.repeat(2) + rafDbPose.replace("0001", "0009");
    expect(await refusal(await rafDb({ "val_raf_db_list.txt": list }))).toMatchInlineSnapshot(
      `"DatasetError: DIR/challenge/RAF_DB_dir/val_raf_db_list.txt:3: expected test_0009 among the test images of RAF-DB as disgust, found none; 1 such lines. Use the list for the data set in DIR, both as they are published."`,
    );
  });

  test("are refused for another label, as of a list whose labels start at 1", async () => {
    const list = rafDbOcclusion.replaceAll(" 2 ", " 3 ");
    expect(await refusal(await rafDb({ "rafdb_occlusion_list.txt": list }))).toContain(
      "rafdb_occlusion_list.txt:1: expected test_0001 among the test images of RAF-DB as happiness, " +
        "found it as disgust; 2 such lines",
    );
  });
});

describe("the subsets of FERPlus", () => {
  const lists = {
    "jianfei_occlusion_list.txt": "5_fer0000005.png 8 0\r\n1_fer0009999.png 8 3",
    "pose_30_ferplus_list.txt": "3/fer0000005.jpg\n",
  };
  const ferplus = async () => {
    const folder = await writeTables();
    await writeFiles(join(folder, "challenge", "FERplus_dir"), lists);
    return loadDataset("ferplus", folder);
  };

  test("take the second of two images with one name, as the authors' folders do", async () => {
    const dataset = await ferplus();
    expect(dataset.splits.test.map(({ id }) => id)).toEqual(["fer0000005", "fer0000005-2"]);
    const [, pose] = await readSubsets(dataset);
    expect(pose).toMatchObject({ title: "Pose-FERPlus (30)", n: 1, ids: ["fer0000005-2"] });
    expect(dataset.splits.test[1]!.image).toMatchObject({ grey: pixelsOf(7) });
    expect(pose!.notes).toEqual([]);
  });

  test("note what the protocol drops or labels otherwise, with path and line", async () => {
    const dataset = await ferplus();
    const [occlusion] = await readSubsets(dataset);
    expect(occlusion).toMatchObject({ ids: ["fer0000005-2"], n: 1, published: 605 });
    expect(occlusion!.notes.map((note) => note.replaceAll(dataset.folder, "DIR"))).toEqual([
      "1 of 2 listed images are not among the test images under the protocol argmax-10, layout csv; " +
        "the first is at DIR/challenge/FERplus_dir/jianfei_occlusion_list.txt:2",
      "1 of 1 have another label in the list than under argmax-10, which counts here; " +
        "the first is at DIR/challenge/FERplus_dir/jianfei_occlusion_list.txt:1",
    ]);
  });
});

describe("the subsets of AffectNet", () => {
  const lists = {
    "occlusion_affectnet_list.txt": `val/6/${hash("e5")}/\nval/7/${hash("f6")}/\n`,
    "pose_30_affectnet_list.txt": `6/${hash("e5")}.jpg\n6/${hash("e5")}.jpg\n`,
    "pose_45_affectnet_list.txt": `7/${hash("f6")}/8.jpg\n`,
  };
  const read = async (folder: string, name: "affectnet-7" | "affectnet-8") => {
    await writeFiles(join(folder, "challenge", "AffectNet_dir"), lists);
    return readSubsets(await loadDataset(name, folder));
  };

  test("name folders of crops, files, and single crops", async () => {
    const subsets = await read(await writeCsv(), "affectnet-8");
    expect(
      subsets.map(({ title, ids, unique, published }) => [title, ids, unique, published]),
    ).toEqual([
      ["Occlusion-AffectNet-8", [hash("e5"), hash("f6")], 2, 683],
      ["Pose-AffectNet-8 (30)", [hash("e5"), hash("e5")], 1, 1949],
      ["Pose-AffectNet-8 (45)", [hash("f6")], 1, 985],
    ]);
  });

  test("are without contempt as AffectNet-7's", async () => {
    const subsets = await read(await writeCsv(), "affectnet-7");
    expect(subsets.map(({ n, published, notes }) => [n, published, notes.length])).toEqual([
      [1, 592, 0],
      [2, 1749, 1],
      [0, 889, 0],
    ]);
  });

  test("are empty for the second distribution, and say why", async () => {
    const [occlusion] = await read(await writeNpy(), "affectnet-8");
    expect(occlusion).toMatchObject({ n: 0, unique: 0, ids: [] });
    expect(occlusion!.notes[0]).toContain(
      "2 of 2 listed images are not among the test images of layout npy: the lists use the names of " +
        "the first distribution",
    );
  });
});
