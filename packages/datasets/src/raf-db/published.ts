/** @file RAF-DB in figures: images per split and class, counted on its label file, and the lists of its subsets. */
import type { Counts } from "../definition.ts";
import { allLines, type PublishedLists } from "../subsets/published-lists.ts";
import { rafDbClasses } from "./classes.ts";

export const rafDbCounts: Counts = {
  train: [1290, 281, 717, 4772, 1982, 705, 2524], // 12271
  validation: [0, 0, 0, 0, 0, 0, 0],
  test: [329, 74, 160, 1185, 478, 162, 680], // 3068
};

const pose = {
  pattern: /^(?<label>\d)\/(?<name>test_\d+)(?:_aligned)?\.jpg$/,
  example: "2/test_0001_aligned.jpg",
};

export const rafDbLists: PublishedLists = {
  folder: "RAF_DB_dir",
  classes: rafDbClasses,
  strict: true,
  lists: {
    occlusion: {
      file: "rafdb_occlusion_list.txt",
      lines: 735, // one image is listed twice
      pattern: /^(?<name>test_\d+)(?:_aligned)?(?:\.jpg)? (?<label>\d) \d$/,
      example: "test_0001_aligned 2 4",
    },
    "pose-30": { file: "val_raf_db_list.txt", lines: 1247, ...pose },
    "pose-45": { file: "val_raf_db_list_45.txt", lines: 558, ...pose },
  },
  nameOf: ({ id }) => id,
  linesOf: () => allLines(rafDbLists),
  whyAbsent: () => "in this copy",
};
