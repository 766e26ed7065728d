/** @file Content that is kept in memory until its files change. */
import { mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { untilChanged } from "../src/runs/until-changed.ts";

const folder = await mkdtemp(join(tmpdir(), "until-changed-"));
const [a, b] = [join(folder, "a.json"), join(folder, "b.json")];
afterAll(() => rm(folder, { recursive: true }));

beforeAll(async () => {
  await writeFile(a, "1");
  await writeFile(b, "1");
});

/** Reads twice, the second time after `change`; says how often it read. */
async function timesRead(change: () => Promise<unknown>): Promise<number> {
  const read = vi.fn<() => Promise<string>>(async () => "content");
  const once = untilChanged<string>();
  await once([a, b], read);
  await change();
  await once([a, b], read);
  return read.mock.calls.length;
}

describe("after the files have been as they are for two seconds", () => {
  beforeAll(() => setTimeout(2100));

  test("they are read once", async () => {
    expect(await timesRead(async () => {})).toBe(1);
  });

  test("a failure to read is not kept", async () => {
    const once = untilChanged<string>();
    await expect(once([a], () => Promise.reject(new Error("EIO")))).rejects.toThrow("EIO");
    expect(await once([a], async () => "content")).toBe("content");
  });

  test("a file that is written anew is read again, whatever times it is given", async () => {
    const changed = async () => {
      await writeFile(`${b}.tmp`, "2");
      await rename(`${b}.tmp`, b);
      await utimes(b, 0, 0);
    };
    expect(await timesRead(changed)).toBe(2);
  });
});

test("files that have just changed are read each time", async () => {
  await writeFile(a, "3");
  expect(await timesRead(async () => {})).toBe(2);
});

test("so is a file that is not there", async () => {
  const read = vi.fn<() => Promise<undefined>>(async () => undefined);
  const once = untilChanged<undefined>();
  for (let i = 0; i < 2; i += 1) await once([join(folder, "none")], read);
  expect(read).toHaveBeenCalledTimes(2);
});
