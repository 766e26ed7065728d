/** @file The label files of RAF-DB, AffectNet, custom and synthetic data, and the lists of hard faces. */
import { readClasses, readSubsets } from "@mvt/datasets";
import {
  fc,
  type FuzzTarget,
  jsonLike,
  sentenceOf,
  tableLike,
  utf8,
  type Files,
  inFolder,
} from "@mvt/testing/fuzz";
import { readNpyText } from "../../src/affectnet/npy.ts";
import { readCsv } from "../../src/csv.ts";
import { codePoints, hash, npy, trainingTable, validationTable } from "../fixtures/affectnet.ts";
import { labels, list, testTable, trainTable } from "../fixtures/raf-db.ts";
import { loading, loadingThen } from "./loading.ts";

const rowsOf = (table: string, separator = ",") =>
  table.split(/\r?\n/).map((line) => line.split(separator));
const table = (text: string, separator?: string) => tableLike(rowsOf(text, separator), separator);

const rafDbImages: Files = Object.fromEntries(
  labels.map(([id]) => [`Image/aligned/${id}_aligned.jpg`, ""]),
);
const rafDb: Files = { "EmoLabel/list_patition_label.txt": list, ...rafDbImages };
const kaggle: Files = {
  ...Object.fromEntries(
    labels.map(([id, label]) => [`DATASET/${id.split("_")[0]}/${label}/${id}_aligned.jpg`, ""]),
  ),
  "train_labels.csv": trainTable,
  "test_labels.csv": testTable,
};
const faces = [
  `12/${hash("a1")}.jpg`,
  `34/${hash("b2")}.JPG`,
  `12/${hash("d4")}.png`,
  `1/${hash("e5")}.jpg`,
  `1/${hash("f6")}.jpg`,
];
const affectnet: Files = {
  "training.csv": trainingTable,
  "validation.csv": validationTable,
  ...Object.fromEntries(faces.map((face) => [`Manually_Annotated_Images/${face}`, ""])),
};
const occlusion = "test_0001_aligned 2 4\ntest_0002_aligned 6 0";
const pose = "2/test_0001_aligned.jpg\n6/test_0002_aligned.jpg\n";
const customTable = "path,label,split\na.jpg,angry,train\nb/c.jpg,happy,test\nd.jpg,other,val\n";
const mapping = { angry: "anger", happy: "happiness", other: "drop" } as const;
const truth = `id,split,true,given\n${labels.map(([id]) => `${id},${id.split("_")[0]},fear,anger`).join("\n")}\n`;
const manifest = {
  format: 1,
  generator: 1,
  dataset: "raf-db",
  seed: 0,
  labelNoise: 0.1,
  counts: { train: 7, test: 2 },
};

const npyHeader = fc
  .record({
    descr: fc.oneof(
      fc.constantFrom("<U1", ">U1", "<U0", "<U1000", "<U1001", "<f8", "<U999999999999", "|O"),
      fc.string({ maxLength: 6 }),
    ),
    shape: fc.oneof(
      fc.constantFrom("()", "(1,)", "(0,)", "(1,1,1)", "(,)", "(9e9,)", "( 1 , )"),
      fc.string({ maxLength: 6 }),
    ),
    version: fc.nat(4),
    bytes: fc.oneof(
      fc.constant(codePoints("7")),
      fc.uint8Array({ maxLength: 8 }),
      fc.constant(new Uint8Array(4000)),
    ),
  })
  .map(({ bytes, ...options }) => npy(bytes, options));

export const labelTargets: readonly FuzzTarget[] = [
  {
    name: "CSV",
    seeds: [trainingTable, 'a,"b ""c"" d",e\r\n\r\n1,2,3'].map(utf8),
    structured: tableLike(rowsOf(trainingTable)).map(utf8),
    parse: inFolder({}, "table.csv", (folder) => Array.fromAsync(readCsv(`${folder}/table.csv`))),
  },
  {
    name: "RAF-DB's list",
    seeds: [utf8(list)],
    structured: table(list, " ").map(utf8),
    parse: inFolder(rafDb, "EmoLabel/list_patition_label.txt", loading("raf-db")),
  },
  {
    name: "RAF-DB's table",
    seeds: [utf8(trainTable)],
    structured: table(trainTable).map(utf8),
    parse: inFolder(kaggle, "train_labels.csv", loading("raf-db")),
  },
  {
    name: "AffectNet's table",
    seeds: [utf8(trainingTable), utf8(trainingTable.split("\n").slice(1).join("\n"))],
    structured: table(trainingTable).map(utf8),
    parse: inFolder(affectnet, "training.csv", loading("affectnet-8")),
  },
  {
    name: "AffectNet's annotation",
    seeds: [npy(codePoints("7")), npy(codePoints("10"), { descr: "<U2", version: 2 })],
    structured: npyHeader,
    parse: (input) => readNpyText("0_exp.npy", input),
  },
  {
    name: "list of occluded faces",
    seeds: [utf8(occlusion)],
    structured: table(occlusion, " ").map(utf8),
    parse: inFolder(
      rafDb,
      "challenge/RAF_DB_dir/rafdb_occlusion_list.txt",
      loadingThen("raf-db", readSubsets),
    ),
  },
  {
    name: "list of turned faces",
    seeds: [utf8(pose)],
    structured: table(pose, "/").map(utf8),
    parse: inFolder(
      rafDb,
      "challenge/RAF_DB_dir/val_raf_db_list.txt",
      loadingThen("raf-db", readSubsets),
    ),
  },
  {
    name: "table of custom data",
    seeds: [utf8(customTable)],
    structured: table(customTable).map(utf8),
    parse: inFolder(
      { "a.jpg": "", "b/c.jpg": "", "d.jpg": "" },
      "labels.csv",
      loading("custom", { custom: { classes: mapping } }),
    ),
  },
  {
    name: "classes of custom data",
    seeds: [utf8("angry=anger,happy=happiness,other=drop")],
    structured: sentenceOf([
      "angry",
      "anger",
      "=",
      "=anger",
      ",",
      " ",
      "drop",
      "happy=happiness",
    ]).map(utf8),
    parse: (input) => readClasses(Buffer.from(input).toString()),
  },
  {
    name: "file of classes",
    seeds: [utf8(JSON.stringify(mapping))],
    structured: jsonLike([mapping]).map(utf8),
    parse: inFolder({}, "classes.json", (folder) => readClasses(`${folder}/classes.json`)),
  },
  {
    name: "true labels",
    seeds: [utf8(truth)],
    structured: table(truth).map(utf8),
    parse: inFolder(
      { ...rafDb, "ground-truth/manifest.json": JSON.stringify(manifest) },
      "ground-truth/labels.csv",
      loading("raf-db"),
    ),
  },
  {
    name: "manifest of drawn faces",
    seeds: [utf8(JSON.stringify(manifest))],
    structured: jsonLike([manifest]).map(utf8),
    parse: inFolder(
      { ...rafDb, "ground-truth/labels.csv": truth },
      "ground-truth/manifest.json",
      loading("raf-db"),
    ),
  },
];
