/** @file Checks that a command can write its output, before it works for hours. */
import { existsSync, statSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UserError } from "@mvt/common";

/** Where reports are written that no --out places: an ignored folder, since those in results/ are committed. */
export const reportsFolder = "reports";

/** Tries to write where the folder is or would be made; returns its path. */
export async function requireWritable(flag: string, folder: string): Promise<string> {
  const path = resolve(folder);
  await tryToWrite(`--${flag} ${folder}`, path);
  return path;
}

/** The same for the folder of a file; the file itself may be there, but not as a folder. */
export async function requireWritableFile(flag: string, file: string): Promise<string> {
  const path = resolve(file);
  await tryToWrite(`--${flag} ${file}`, dirname(path));
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(
      `--${flag} ${file}: expected a file to write, but ${path} is a folder. Choose another name.`,
    );
  }
  return path;
}

/** The same for a folder into which files "<stem>.<kind>" are to be written. */
export async function requireWritableReport(
  flag: string,
  folder: string,
  stem: string,
): Promise<string> {
  const path = await requireWritable(flag, folder);
  const entries = existsSync(path) ? await readdir(path, { withFileTypes: true }) : [];
  const taken = entries.find((entry) => entry.isDirectory() && entry.name.startsWith(`${stem}.`));
  if (taken) {
    throw new UserError(
      `--${flag} ${folder}: expected a file or nothing at ${join(path, taken.name)}, found a folder. Choose another folder, or remove that one.`,
    );
  }
  return path;
}

async function tryToWrite(what: string, folder: string): Promise<void> {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const probe = join(existing, `.${process.pid}.tmp`);
  try {
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${what}: expected a folder that can be written to, but writing into ${existing} failed (${code}). Choose another folder, or change its rights.`,
    );
  }
}
