/** @file The arguments of --set and --checkpoint-every, and configuration files. */
import { settingPaths, settings } from "@mvt/experiments";
import { type FuzzTarget, sentenceOf, utf8 } from "@mvt/testing/fuzz";
import { parseEntries } from "../../src/cli/configuration-file.ts";
import { parseInterval } from "../../src/training/checkpoint-policy.ts";
import { scaleWith } from "../../src/settings/scales.ts";

const paths = settingPaths(settings);
const values = ["0.5", "3", "false", "sgd", "adamw", '"mean"', "[0.1,0.9]", "{}", "null"];

export const settingTargets: readonly FuzzTarget[] = [
  {
    name: "settings",
    seeds: [
      "epochs=3",
      "adamw.weightDecay=0.05\nmgn.epochs=2",
      "optimizer=sgd\nsgd.momentum=0.5",
      "augmentation.jitter=false",
    ].map(utf8),
    structured: sentenceOf(
      [
        ...paths,
        "=",
        "=",
        "=",
        "\n",
        ".",
        "mgn.",
        "optimizer=",
        "__proto__.x=1",
        "constructor.prototype.x=",
        ...values,
      ],
      8,
    ).map(utf8),
    parse: (input) => scaleWith("paper", Buffer.from(input).toString().split("\n")),
    share: 0.5,
  },
  {
    name: "configuration",
    seeds: [
      "scale: quick\nset:\n  schedule: {learningRate: 1e-4}\n  adamw:\n    betas: [0.9, 0.98]\n",
      '{"seed": 3, "threshold": ["linear"]}',
      "base: &a [1, 2]\nother: *a\n",
    ].map(utf8),
    structured: sentenceOf(
      [
        "a",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "\n",
        "  ",
        ", ",
        "&a ",
        "*a",
        "!!set ",
        "? ",
        "|\n",
        "---\n",
        '"',
        "'",
        "#",
        "<<",
        "__proto__",
      ],
      12,
    ).map(utf8),
    parse: (input) => parseEntries(Buffer.from(input).toString(), "study.yaml"),
    share: 0.5,
  },
  {
    name: "interval of checkpoints",
    seeds: ["200steps", "5min", "epoch"].map(utf8),
    structured: sentenceOf(["200", "5", "0", ".", "steps", "min", "epoch"], 3).map(utf8),
    parse: (input) => parseInterval(Buffer.from(input).toString()),
    share: 0.5,
  },
];
