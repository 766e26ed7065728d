/** @file FERPlus' tables of votes, and FER2013's table of pixels. */
import { type FuzzTarget, tableLike, utf8, type Files, inFolder } from "@mvt/testing/fuzz";
import { picturesTable, trainLabels, votesTable } from "../fixtures/ferplus.ts";
import { loading } from "./loading.ts";

const tables: Files = { "fer2013.csv": picturesTable, "fer2013new.csv": votesTable };
const box = '"(0, 0, 48, 48)"';
const folders: Files = {
  "FER2013Train/fer0000000.png": "",
  "FER2013Train/fer0000001.png": "",
  "FER2013Train/fer0000002.png": "",
  "FER2013Valid/label.csv": `fer0000004.png,${box},0,0,0,0,0,0,9,0,1,0\n`,
  "FER2013Valid/fer0000004.png": "",
  "FER2013Test/label.csv": `fer0000005.png,${box},0,0,0,5,5,0,0,0,0,0\n`,
  "FER2013Test/fer0000005.png": "",
};
const votes = ["4,0,0,2,2,2,0,0,0,0", "0,9,0,0,0,0,0,1,0,0"].map((counts) => counts.split(","));

export const fer2013Targets: readonly FuzzTarget[] = [
  {
    name: "FERPlus' votes",
    seeds: [utf8(votesTable)],
    structured: tableLike(votesTable.split("\n").map((line) => line.split(","))).map(utf8),
    parse: inFolder(tables, "fer2013new.csv", loading("ferplus")),
  },
  {
    name: "FER2013's pixels",
    seeds: [utf8(picturesTable)],
    structured: tableLike(
      picturesTable.split("\n").map((line) => line.split(/[ ,]/)),
      " ",
    ).map(utf8),
    parse: inFolder(tables, "fer2013.csv", loading("ferplus", { ferplusLabels: "fer2013" })),
    share: 0.5,
  },
  {
    name: "FERPlus' labels in folders",
    seeds: [utf8(trainLabels)],
    structured: tableLike(votes.map((counts, i) => [`fer000000${i}.png`, box, ...counts])).map(
      utf8,
    ),
    parse: inFolder(
      folders,
      "FER2013Train/label.csv",
      loading("ferplus", { ferplusTrain: "train+validation" }),
    ),
  },
];
