/** @file Folders of photographs, aligned. */
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { drawPhotograph } from "@mvt/datasets";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { parse } from "csv-parse/sync";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alignFolder, type AlignOptions, openFaceFinder } from "../src/index.ts";
import { alignedName } from "../src/align/align-folder.ts";

const finder = openFaceFinder({ threads: 1 });
let folder: string;
const path = (...names: readonly string[]) => join(folder, ...names);

async function draw(file: string, people: number, orientation?: number): Promise<void> {
  const { pixels, side } = drawPhotograph(1, `align ${people}`, {
    side: 320,
    people,
    heads: [0.45, 0.5],
    rotation: 5,
    yaw: 5,
  });
  const image = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
  // A file that is stored on its side, and says so.
  if (orientation !== undefined) image.rotate(90).withMetadata({ orientation });
  await mkdir(dirname(path("in", file)), { recursive: true });
  await image.toFile(path("in", file));
}

beforeAll(async () => {
  folder = await makeFolder();
  await draw("train/happy/one.jpg", 1);
  await draw("train/happy/on its side.jpg", 1, 8);
  await draw("train/sad/group.png", 4);
  await draw("train/sad/other.webp", 1);
  await draw("test/nobody.jpg", 0);
  await writeFile(path("in/labels.csv"), "path,label\n");
  await writeFile(path("in/film.mp4"), "no picture");
  await writeFile(path("in/test/broken.jpg"), "no picture");
});
afterAll(async () => {
  await finder.close();
  await removeFolder(folder);
});

const align = (to: string, options: Partial<AlignOptions> = {}) =>
  alignFolder({
    from: path("in"),
    to: path(to),
    finder,
    size: 64,
    margin: 0,
    several: "largest",
    minScore: 0.5,
    ...options,
  });
const tableOf = async (to: string): Promise<readonly Readonly<Record<string, string>>[]> =>
  parse(await readFile(path(to, "faces.csv"), "utf8"), { columns: true });

describe("alignFolder", () => {
  test("writes a face per image under the image's name, and a table of all images", async () => {
    const { images, written, copied, kept } = await align("out");
    expect(images.map(({ file, status }) => `${file}: ${status}`)).toEqual([
      "test/broken.jpg: unreadable",
      "test/nobody.jpg: none",
      "train/happy/on its side.jpg: found",
      "train/happy/one.jpg: found",
      "train/sad/group.png: several",
      "train/sad/other.webp: found",
    ]);
    expect(written).toEqual([
      "train/happy/on its side.jpg",
      "train/happy/one.jpg",
      "train/sad/group.png",
      "train/sad/other.webp.png",
    ]);
    expect([kept, copied]).toEqual([0, ["labels.csv"]]);
    for (const file of written) {
      const { width, height, channels } = await sharp(path("out", file)).metadata();
      expect([width, height, channels]).toEqual([64, 64, 3]);
    }
    const rows = await tableOf("out");
    expect(rows.filter(({ file }) => file === "train/sad/group.png").length).toBeGreaterThan(1);
    const nobody = rows.find(({ file }) => file === "test/nobody.jpg");
    expect(nobody).toMatchObject({ status: "none", face: "", score: "", aligned: "" });
  });

  test("turns photographs upright by their EXIF orientation", async () => {
    const pixels = async (name: string) =>
      sharp(path("out/train/happy", name)).greyscale().raw().toBuffer();
    const [upright, turned] = await Promise.all([pixels("one.jpg"), pixels("on its side.jpg")]);
    const difference = upright.map((value, i) => Math.abs(value - turned[i]!));
    expect(difference.reduce((sum, value) => sum + value, 0) / difference.length).toBeLessThan(8);
  });

  test("leaves the photographs as they are", async () => {
    const { width } = await sharp(path("in/train/happy/one.jpg")).metadata();
    expect(width).toBe(320);
  });

  test("keeps what is done, and does again what is missing, changed or was unreadable", async () => {
    const before = await stat(path("out/train/sad/group.png"));
    await rm(path("out/train/happy/one.jpg"));
    await draw("test/broken.jpg", 1);
    const { kept, written } = await align("out");
    expect(kept).toBe(4);
    expect(written).toContain("train/happy/one.jpg");
    expect(written).toContain("test/broken.jpg");
    expect((await stat(path("out/train/sad/group.png"))).mtimeMs).toBe(before.mtimeMs);
    expect((await align("out")).kept).toBe(6);
  });

  test("writes all faces of an image, or none, as it is asked", async () => {
    const all = await align("all", { several: "all" });
    const faces = all.images.find(({ file }) => file === "train/sad/group.png")!.rows.length;
    const numbered = all.written.filter((file) => file.startsWith("train/sad/group"));
    expect(numbered.length).toBe(faces);
    expect(numbered.slice(0, 2)).toEqual(["train/sad/group.png", "train/sad/group-face2.png"]);
    const none = await align("none", { several: "skip" });
    expect(none.written.filter((file) => file.includes("group"))).toEqual([]);
  });

  test("refuses a folder of other settings, and one inside the other", async () => {
    await expect(align("out", { size: 32 })).rejects.toThrow(
      /expected a new folder or one that was made with the same settings/,
    );
    await expect(align("in/faces")).rejects.toThrow(/whose images are never changed/);
    await expect(align("", { from: path("in") })).rejects.toThrow(/never changed/);
  });
});

describe("alignedName", () => {
  test("keeps the names of JPEG and PNG files, and numbers further faces", () => {
    expect(alignedName("a/b.JPG", 0)).toBe("a/b.JPG");
    expect(alignedName("a/b.png", 2)).toBe("a/b-face3.png");
    expect(alignedName("a/b.tiff", 0)).toBe("a/b.tiff.png");
    expect(alignedName("a/b", 1)).toBe("a/b-face2.png");
  });
});
