/**
 * @file The manifest of a finished run: the SHA-256 of every file that it left. What reads a file of the run compares, so
 * that a damaged file, or one of another run, is named and not used.
 */
import { createHash } from "node:crypto";
import { parseJson, UserError } from "@mvt/common";
import { z } from "zod";

const manifest = z.object({
  format: z.literal(1),
  /** SHA-256 in hexadecimal digits, by file name. */
  files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});
export type Manifest = z.infer<typeof manifest>;

/** The manifest of these files, sorted by name. */
export function makeManifest(files: Readonly<Record<string, string | Uint8Array>>): Manifest {
  const names = Object.keys(files).toSorted();
  return {
    format: 1,
    files: Object.fromEntries(names.map((name) => [name, sha256(files[name]!)])),
  };
}

/** Reads manifest.json; `path` names it in errors. */
export function parseManifest(json: string, path: string): Manifest {
  const parsed = manifest.safeParse(parseJson(json));
  if (parsed.success) return parsed.data;
  throw damaged(path, "the checksums of a finished run", "something else");
}

/** Throws a UserError that names `path` unless its bytes are those that the run wrote. No bytes: the file is missing. */
export function requireWritten(
  { files }: Pick<Manifest, "files">,
  name: string,
  bytes: Uint8Array | undefined,
  path: string,
): void {
  if (isWritten({ files }, name, bytes)) return;
  throw damaged(path, "the file that the run wrote", bytes ? "another content" : "none");
}

/** Whether these are the bytes that the run wrote, or it wrote no such file. */
export function isWritten(
  { files }: Pick<Manifest, "files">,
  name: string,
  bytes: string | Uint8Array | undefined,
): boolean {
  const written = files[name];
  return written === undefined || (bytes !== undefined && sha256(bytes) === written);
}

/** What is wrong with a file of a finished run, and what to do. */
function damaged(path: string, expected: string, found: string): UserError {
  return new UserError(`${path}: expected ${expected}, found ${found}`, {
    advice:
      "Restore the file, or mend the run with `pnpm exp runs repair`; `pnpm exp runs verify` checks all runs.",
  });
}

const sha256 = (bytes: string | Uint8Array) => createHash("sha256").update(bytes).digest("hex");
