/** @file `--skip-unreadable`: a damaged image is left out, named and counted, and the run is another one. */
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { createPreparedSets } from "../src/data/prepared-sets.ts";
import { describeData } from "../src/runs/provenance.ts";
import { scales } from "../src/settings/scales.ts";
import { drawFaces } from "./fixtures/faces.ts";

let folder: string;
const started = process.cwd();

beforeAll(async () => {
  folder = await makeFolder();
  await drawFaces(join(folder, "data"), "raf-db");
  await truncate(join(folder, "data/raf-db/Image/aligned/train_00007_aligned.jpg"), 700);
  return () => removeFolder(folder);
});
afterEach(() => process.chdir(started));

const prepare = async (skipUnreadable: string | undefined) => {
  process.chdir(folder); // decoded images are kept below the working folder
  const said: string[] = [];
  const request = {
    scale: scales.smoke,
    data: "data",
    ferplusProtocol: "argmax-10",
    ferplusTrain: "train",
    ferplusLabels: "votes",
    ...(skipUnreadable === undefined ? {} : { skipUnreadable }),
  } as const;
  const sets = createPreparedSets(request, { onNotice: (line) => said.push(line) });
  const data = await sets.get("raf-db");
  await data.open();
  return { said, data };
};

describe("a data set with a damaged image", () => {
  test("is prepared without it, which is said, counted and named in reports", async () => {
    const { said, data } = await prepare("1");
    expect(said).toEqual([
      expect.stringMatching(
        /^RAF-DB: left out .*train_00007_aligned\.jpg \(.*end of JPEG image\)$/,
      ),
    ]);
    expect([...data.train.ids, ...data.validation.ids]).toHaveLength(59);
    expect([...data.train.ids, ...data.validation.ids]).not.toContain("train_00007");
    expect(describeData(data)).toMatchObject({
      counts: { test: 30 },
      skipped: [expect.stringMatching(/^train_00007 \(.*end of JPEG image\)$/)],
    });
  });

  test("is refused without the option", async () => {
    await expect(prepare(undefined)).rejects.toThrow(/train_00007.*1 of 60 images cannot be read/);
  });
});

describe("--skip-unreadable", () => {
  const run = (args: string) => runCommand(args.split(" "), folder);

  test("lets data check pass with what may be left out", async () => {
    const allowed = await run("data check --data data --datasets raf-db --skip-unreadable 2%");
    expect(allowed.stdout).toMatch(/unreadable images +1 +published 0 +skipped +\(train_00007/);
    expect(allowed.exitCode).toBe(0);
    const strict = await run("data check --data data --datasets raf-db");
    expect(strict.stdout).toMatch(/unreadable images +1 +published 0 +differs +\(train_00007/);
    expect(strict.exitCode).toBe(1);
  });

  test("is checked before anything is opened", async () => {
    const { exitCode, stdout, stderr } = await run(
      "data check --data nowhere --skip-unreadable some",
    );
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toBe(
      "error: --skip-unreadable some: expected a whole number of images, such as 5, or a percentage, such as 0.1%.\n",
    );
  });
});
