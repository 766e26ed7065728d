/** @file FERPlus's two layouts, and what is refused in each. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type Dataset,
  DatasetError,
  type FerplusProtocol,
  ferplusClasses,
  loadDataset,
} from "@mvt/datasets";
import { describe, expect, test } from "vitest";
import {
  picturesTable,
  pixelsOf,
  trainLabels,
  votesTable,
  writeFolders,
  writeTables,
} from "./fixtures/ferplus.ts";
import { writeFiles } from "./fixtures/folder.ts";

const idsAndLabels = ({ splits }: Dataset) =>
  Object.values(splits).map((samples) =>
    samples.map(({ id, expression }) => `${id} ${expression}`),
  );

async function refusal(folder: string): Promise<string> {
  const error = await loadDataset("ferplus", folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DatasetError);
  return String(error).replaceAll(folder, "DIR");
}

describe("FERPlus in tables", () => {
  test("has eight classes, neutral first and contempt last", async () => {
    const { classes, layout, title } = await loadDataset("ferplus", await writeTables());
    expect({ classes, layout, title }).toEqual({
      classes: ferplusClasses,
      layout: "csv",
      title: "FERPlus",
    });
  });

  test("takes the column with most votes unless told otherwise", async () => {
    const dataset = await loadDataset("ferplus", await writeTables());
    expect(dataset.protocol).toBe("argmax-10");
    expect(idsAndLabels(dataset)).toEqual([
      ["fer0000000 neutral", "fer0000001 happiness", "fer0000002 surprise"],
      ["fer0000004 fear"],
      ["fer0000005 disgust", "fer0000005-2 sadness"],
    ]);
  });

  test.each<[FerplusProtocol, string[][]]>([
    [
      "official-majority",
      [
        ["fer0000001 happiness", "fer0000002 surprise"],
        ["fer0000004 fear"],
        ["fer0000005 disgust"],
      ],
    ],
    [
      "argmax-8",
      [
        [
          "fer0000000 neutral",
          "fer0000001 happiness",
          "fer0000002 surprise",
          "fer0000001-2 neutral", // all votes unknown
        ],
        ["fer0000004 fear"],
        ["fer0000005 disgust", "fer0000005-2 sadness"],
      ],
    ],
  ])("follows %s when asked to", async (ferplusProtocol, expected) => {
    const dataset = await loadDataset("ferplus", await writeTables(), { ferplusProtocol });
    expect(dataset.protocol).toBe(ferplusProtocol);
    expect(idsAndLabels(dataset)).toEqual(expected);
  });

  test("pairs pictures and votes by the order of rows, not by the number in the name", async () => {
    const { splits } = await loadDataset("ferplus", await writeTables());
    expect(splits.train[2]).toEqual({
      id: "fer0000002", // on the fourth row
      expression: "surprise",
      image: { kind: "pixels", width: 48, height: 48, grey: pixelsOf(3) },
    });
  });

  test("keeps both rows of a name that stands twice, each with its own picture", async () => {
    const { splits } = await loadDataset("ferplus", await writeTables());
    const greys = splits.test.map(({ image }) => image.kind === "pixels" && image.grey[0]);
    expect(greys).toEqual([6, 7]);
  });

  test("can train on its validation split as well", async () => {
    const options = { ferplusTrain: "train+validation" } as const;
    const dataset = await loadDataset("ferplus", await writeTables(), options);
    expect(dataset.protocol).toBe("argmax-10, train+validation");
    expect(idsAndLabels(dataset).slice(0, 2)).toEqual([
      ["fer0000000 neutral", "fer0000001 happiness", "fer0000002 surprise", "fer0000004 fear"],
      [],
    ]);
  });

  test("may have CRLF line ends and no newline at the end", async () => {
    const crlf = (table: string) => table.trimEnd().replaceAll("\n", "\r\n");
    const folder = await writeTables({ votes: crlf(votesTable), pictures: crlf(picturesTable) });
    expect(idsAndLabels(await loadDataset("ferplus", folder))[1]).toEqual(["fer0000004 fear"]);
  });

  test("may lie in data/", async () => {
    const folder = await writeTables({ below: "data" });
    expect((await loadDataset("ferplus", folder)).layout).toBe("csv");
  });

  test("is preferred to folders where both are there", async () => {
    const folder = await writeFolders();
    await writeFiles(folder, { "fer2013.csv": picturesTable, "fer2013new.csv": votesTable });
    expect((await loadDataset("ferplus", folder)).layout).toBe("csv");
  });

  test.each([
    [
      "another header",
      { votes: votesTable.replace("Image name,", "") },
      "fer2013new.csv:1: expected a header with Usage, Image name, neutral, ",
    ],
    [
      "too few votes",
      { votes: votesTable.replace("4,0,0,2,2,2,0,0,0,0", "4,0,0,2,2,2,0,0,0") },
      "fer2013new.csv:2: expected 12 fields, found 11",
    ],
    [
      "votes that are no numbers",
      { votes: votesTable.replace("4,0,0,2,2,2,0,0,0,0", "4,,0,1,3,2,0,0,0,0") },
      'fer2013new.csv:2: expected 10 numbers of votes, not all 0, found "4,,0,1,3,2,0,0,0,0"',
    ],
    [
      "a row without votes",
      { votes: votesTable.replace("4,0,0,2,2,2,0,0,0,0", "0,0,0,0,0,0,0,0,0,0") },
      "fer2013new.csv:2: expected 10 numbers of votes, not all 0",
    ],
    [
      "an image name of another kind",
      { votes: votesTable.replace("fer0000000.png", "0.jpg") },
      'fer2013new.csv:2: expected an image name such as fer0000000.png, found "0.jpg"',
    ],
    [
      "tables whose rows differ in split",
      { votes: votesTable.replace("PublicTest", "Training") },
      'fer2013.csv:7: expected the Usage that DIR/fer2013new.csv:7 has, found "PublicTest"',
    ],
    [
      "a split by another name",
      { votes: votesTable.replace("PublicTest", "Validation") },
      'fer2013new.csv:7: expected the Usage Training or PublicTest or PrivateTest, found "Validation"',
    ],
    [
      "fewer pictures than votes",
      { pictures: picturesTable.trimEnd().split("\n").slice(0, -1).join("\n") },
      "fer2013.csv: expected the 8 rows of DIR/fer2013new.csv, found 7",
    ],
    [
      "more pictures than votes",
      { votes: votesTable.trimEnd().split("\n").slice(0, -1).join("\n") },
      "fer2013.csv: expected the 7 rows of DIR/fer2013new.csv, found more",
    ],
    [
      "a picture that is cut short",
      { pictures: picturesTable.replace(" 3,Training", ",Training") },
      "fer2013.csv:5: expected 2304 pixels from 0 to 255 with spaces between, found 2303 numbers",
    ],
    [
      "a picture with a pixel too many",
      { pictures: picturesTable.replace(" 3,Training", " 3 3,Training") },
      "found 2305 numbers",
    ],
    [
      "a pixel above 255",
      { pictures: picturesTable.replace("0 255 0", "0 256 0") },
      "fer2013.csv:2: expected 2304 pixels from 0 to 255",
    ],
    [
      "a pixel that is no whole number",
      { pictures: picturesTable.replace("0 255 0", "0 2.5 0") },
      "fer2013.csv:2: expected 2304 pixels from 0 to 255",
    ],
  ])("refuse %s", async (_, tables, message) => {
    expect(await refusal(await writeTables(tables))).toContain(message);
  });

  test("refuse a protocol that does not exist", async () => {
    const options = { ferplusProtocol: "majority" as FerplusProtocol };
    await expect(loadDataset("ferplus", await writeTables(), options)).rejects.toThrow(
      "FERPlus: expected one of the protocols argmax-10, official-majority, argmax-8, strict-majority, " +
        'found "majority". Name one of them.',
    );
  });
});

describe("FERPlus in folders", () => {
  test("reads labels behind a quoted box, and votes of its own", async () => {
    const dataset = await loadDataset("ferplus", await writeFolders());
    expect(dataset.layout).toBe("folders");
    expect(idsAndLabels(dataset)).toEqual([
      ["fer0000000 anger", "fer0000001 happiness", "fer0000002 surprise"],
      ["fer0000004 fear"],
      ["fer0000005 sadness"],
    ]);
  });

  test("takes the picture beside the label file", async () => {
    const folder = await writeFolders();
    const { splits } = await loadDataset("ferplus", folder);
    const path = join(folder, "FER2013Valid", "fer0000004.png");
    expect(splits.validation[0]!.image).toEqual({ kind: "file", path });
  });

  test.each([
    [
      "a box without quotes",
      trainLabels.replaceAll('"', ""),
      "label.csv:1: expected 12 fields, found 15",
    ],
    [
      "a box that asks for a crop",
      trainLabels.replace("(0, 0, 48, 48)", "(4, 4, 44, 44)"),
      'label.csv:1: expected the box of a whole image, "(0, 0, 48, 48)", found "(4, 4, 44, 44)"',
    ],
    [
      "an image's second label",
      trainLabels.replace("fer0000002", "fer0000001"),
      "label.csv:3: expected one label per image, found a second one for fer0000001",
    ],
    [
      "an image of another split",
      trainLabels.replace("fer0000002", "fer0000004"),
      "DIR/FER2013Train/label.csv; 1 missing: fer0000004.png",
    ],
  ])("refuse %s", async (_, train, message) => {
    expect(await refusal(await writeFolders({ train }))).toContain(message);
  });

  test("name an image that is missing", async () => {
    const folder = await writeFolders();
    await rm(join(folder, "FER2013Test", "fer0000005.png"));
    expect(await refusal(folder)).toContain(
      "expected an image file for each of the 1 labels in DIR/FER2013Test/label.csv; 1 missing: fer0000005.png",
    );
  });
});
