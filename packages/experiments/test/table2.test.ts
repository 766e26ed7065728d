/** @file `pnpm exp table2` from end to end on a tiny set of faces, as a user would run it. */
import { once } from "node:events";
import { readdir, readFile, stat, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { runCommand, startCommand } from "@mvt/testing/command-line";
import type { Finished } from "@mvt/testing/command-line";
import { drawFaces } from "./fixtures/faces.ts";
import { filesBelow, makeFolder, removeFolder } from "@mvt/testing/folder";
import { remains } from "./fixtures/train.ts";

const repository = resolve(import.meta.dirname, "../../..");
const slow = { tags: ["slow"] };

/** A folder with data/raf-db, and the repository's plugins. */
let folder: string;
let first: Finished;

const table2 = (runs: string, out: string, ...more: readonly string[]) => [
  ..."table2 --scale smoke --datasets raf-db --data data".split(" "),
  ...`--runs ${runs} --out ${out}`.split(" "),
  ...more,
];

beforeAll(async () => {
  folder = await makeFolder();
  await drawFaces(join(folder, "data"), "raf-db");
  await symlink(join(repository, "plugins"), join(folder, "plugins"));
  first = await runCommand(table2("runs", "out"), folder);
  return () => removeFolder(folder);
}, 60_000);

/** The table's rows as records by column. */
async function rowsOf(out: string) {
  const [header, ...lines] = (await readFile(join(folder, out, "table2.csv"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)); // commas outside of quotes
  return lines.map((cells) => Object.fromEntries(header!.map((name, i) => [name, cells[i]!])));
}

/** Every file of the runs, with when it was last written. */
async function written(runs: string) {
  const files = await filesBelow(join(folder, runs));
  return Promise.all(
    files.map(async (file) => [file, (await stat(join(folder, runs, file))).mtimeMs]),
  );
}

const functions = ["constant", "linear", "quadratic", "sigmoid"];
/** What the labels of each row are, by name of f where it relabels. */
const labels = ["given", ...functions, "true"];
const titles = ["no relabelling", ...functions, "true labels, no relabelling"];
const nameOf = ({ labels: kind, f }: Record<string, string>) => f || kind;

describe("table2", () => {
  test(
    "has a row for labels as given, each of the paper's four functions, and true labels",
    slow,
    async () => {
      expect(first.exitCode).toBe(0);
      const rows = await rowsOf("out");
      expect(rows.map((row) => [row["dataset"], nameOf(row)])).toEqual(
        labels.map((name) => ["RAF-DB", name]),
      );
      for (const { validation_accuracy_n: n, data_kind: kind } of rows) {
        expect([n, kind]).toEqual(["30", "synthetic"]);
      }
    },
  );

  test("prints the table that it writes, and nothing else, to stdout", slow, async () => {
    const markdown = await readFile(join(folder, "out/table2.md"), "utf8");
    expect(first.stdout).toBe(markdown);
    expect(await readdir(join(folder, "out"))).toEqual(["table2.csv", "table2.html", "table2.md"]);
  });

  test("takes its numbers from the results of the runs that it names", slow, async () => {
    for (const { runs: id, validation_accuracy_k: k, relabelled } of await rowsOf("out")) {
      const result = await readFile(join(folder, "runs", id!, "result.json"), "utf8");
      const { validation, relabel } = JSON.parse(result) as {
        readonly validation: { readonly k: number };
        readonly relabel?: { readonly changed: number };
      };
      expect([Number(k), relabelled]).toEqual([validation.k, String(relabel?.changed ?? "")]);
    }
  });

  test("trains nothing when it is made again, and writes the same bytes", slow, async () => {
    const csv = await readFile(join(folder, "out/table2.csv"));
    const before = await written("runs");
    const again = await runCommand(table2("runs", "again"), folder);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain("6 runs, 0 to train");
    expect(again.stderr.match(/finished already/g)).toHaveLength(6);
    expect(await readFile(join(folder, "again/table2.csv"))).toEqual(csv);
    expect(await written("runs")).toEqual(before);
  });

  test(
    "has the rows of the functions that were asked for alone, of the same runs",
    slow,
    async () => {
      const only = ["--threshold-only", "sigmoid", "--threshold-only", "linear"];
      const finished = await runCommand(table2("runs", "only", ...only), folder);
      expect(finished.stderr).toContain("4 runs, 0 to train");
      expect((await rowsOf("only")).map(nameOf)).toEqual(["given", "linear", "sigmoid", "true"]);
    },
  );

  test(
    "is the same, trained one run after the other, each from its first epoch",
    slow,
    async () => {
      const anew = await runCommand(
        table2("anew", "anew-out", "--jobs", "1", "--separate"),
        folder,
      );
      expect(anew.exitCode).toBe(0);
      expect(await readFile(join(folder, "anew-out/table2.csv"))).toEqual(
        await readFile(join(folder, "out/table2.csv")),
      );
      for (const id of await readdir(join(folder, "runs"))) {
        expect(await remains(join(folder, "anew", id))).toEqual(
          await remains(join(folder, "runs", id)),
        );
      }
    },
  );

  test("trains a removed run again, and no other", slow, async () => {
    await runCommand(table2("anew", "anew-out"), folder);
    const [id] = await readdir(join(folder, "anew"));
    expect(
      await runCommand(["runs", "remove", id!, "--yes", "--runs", "anew"], folder),
    ).toMatchObject({
      exitCode: 0,
      stdout: `removed run ${id}\n`,
    });
    const again = await runCommand(table2("anew", "anew-out"), folder);
    expect(again.stderr).toContain("6 runs, 1 to train");
    expect(await readFile(join(folder, "anew-out/table2.csv"))).toEqual(
      await readFile(join(folder, "out/table2.csv")),
    );
  });

  test("has a further row for a function of your own, and trains only that", slow, async () => {
    const plugin = ["--threshold", "./plugins/threshold-cosine"];
    const more = await runCommand(table2("runs", "more", ...plugin), folder);
    expect(more.exitCode).toBe(0);
    expect(more.stderr).toContain("7 runs, 1 to train");
    const rows = await rowsOf("more");
    expect(rows.map((row) => [nameOf(row), row["plugin"]])).toEqual([
      ["given", ""],
      ...functions.map((f) => [f, "false"]),
      ["cosine", "true"],
      ["true", ""],
    ]);
    expect(rows.toSpliced(5, 1)).toEqual(await rowsOf("out"));
  });
});

describe("table2 --plan", () => {
  test("lists the runs and an estimate, and trains and writes nothing", slow, async () => {
    const plan = await runCommand(table2("planned", "planned-out", "--plan"), folder);
    expect(plan.exitCode).toBe(0);
    const lines = plan.stdout.trimEnd().split("\n");
    expect(lines.slice(0, 6)).toEqual(
      titles.map((title) =>
        expect.stringMatching(
          `^[0-9a-f]{12}  to train  RAF-DB, ${title}, seed 0${functions.includes(title) ? "; its first 8 epochs are those of [0-9a-f]{12}" : ""}$`,
        ),
      ),
    );
    expect(lines.at(-2)).toMatch(
      /^6 of 6 runs to train: \d+ images at \d+ images\/s, about \d+ s$/,
    );
    const [together, apart] = lines.slice(-2).map((line) => Number(/(\d+) images/.exec(line)![1]));
    // Of 12 epochs, 4 runs share 8 with another.
    expect(together! / apart!).toBeCloseTo((6 * 12 - 4 * 8) / (6 * 12), 10);
    const all = await filesBelow(folder);
    expect(all.filter((path) => path.startsWith("planned"))).toEqual([]);
  });

  test("says which runs are finished", slow, async () => {
    const plan = await runCommand(table2("runs", "planned-out", "--plan"), folder);
    expect(
      plan.stdout.match(/^[0-9a-f]{12} {2}finished {2}RAF-DB, [\w, ]+, seed 0$/gm),
    ).toHaveLength(6);
    expect(plan.stdout).toMatch(/nothing to train\n$/);
  });
});

describe("a run of the table", () => {
  test("is evaluated to the accuracy in its result", slow, async () => {
    const [{ runs: id, validation_accuracy_k: k }] = (await rowsOf("out")) as [
      Record<string, string>,
    ];
    const args = ["evaluate", "--run", id!, "--scale", "smoke", "--data", "data"];
    const answer = await runCommand([...args, "--out", "predictions.csv"], folder);
    const share = ((100 * Number(k)) / 30).toFixed(2);
    const [line] = answer.stdout.split("\n");
    expect(line).toBe(`run ${id}, validation-best weights, RAF-DB test: ${share} % (${k}/30)`);
    expect(answer.stderr).toMatch(/wrote predictions\.csv\n$/);
    expect(await readFile(join(folder, "predictions.csv"), "utf8")).toBe(
      await readFile(join(folder, "runs", id!, "predictions.csv"), "utf8"),
    );
  });

  test("is listed with its accuracy", slow, async () => {
    const { stdout } = await runCommand(["runs", "list"], folder);
    for (const [i, { runs: id, validation_accuracy_k: k }] of (await rowsOf("out")).entries()) {
      const share = ((100 * Number(k)) / 30).toFixed(2);
      const line = stdout.split("\n").find((one) => one.startsWith(id!));
      expect(line).toContain(`  smoke  RAF-DB, ${titles[i]}, seed 0: ${share} % (${k}/30)`);
    }
  });
});

describe("a command that is killed", () => {
  test("goes on where it stood when it is repeated, to the same bytes", slow, async () => {
    // Epochs take a part of a second, and by default their checkpoints are seconds apart.
    const often = ["--checkpoint-every", "5steps"];
    const [runs, args] = ["killed", table2("killed", "killed-out", ...often)];
    const command = startCommand(args, folder);
    onTestFinished(() => void command.kill("SIGKILL"));
    let seen = "";
    for await (const text of command.stderr) {
      seen += String(text);
      // The trunk, not the run on true labels: its branches have begun.
      if (seen.includes("RAF-DB, no relabelling, seed 0: epoch 10/12")) break;
    }
    command.kill("SIGKILL");
    await once(command, "exit");
    const left = await filesBelow(join(folder, runs));
    expect(left.some((path) => /checkpoint-\d+\.safetensors$/.test(path))).toBe(true);
    expect(left.some((path) => path.endsWith("lock"))).toBe(true);
    expect(await filesBelow(folder)).not.toContain("killed-out/table2.csv");

    const again = await runCommand(args, folder);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).not.toMatch(/ (no relabelling|constant|sigmoid), seed 0: epoch 1\//);
    expect(await readFile(join(folder, "killed-out/table2.csv"))).toEqual(
      await readFile(join(folder, "out/table2.csv")),
    );
    for (const id of await readdir(join(folder, runs))) {
      expect(await remains(join(folder, runs, id))).toEqual(
        await remains(join(folder, "runs", id)),
      );
    }
    const finished = await filesBelow(join(folder, runs));
    expect(finished.filter((path) => /lock|checkpoint|\.tmp$/.test(path))).toEqual([]);
  });
});
