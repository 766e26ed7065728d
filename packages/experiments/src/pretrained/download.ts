/** @file A file from the network, kept only if it is the expected one. */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "@mvt/common";
import { chunksOfRegular, makeWhole, removeLeftOvers } from "@mvt/common/files";

export interface Download {
  readonly url: string;
  readonly path: string;
  /** The first hexadecimal digits of its SHA-256. */
  readonly sha256Start: string;
  readonly maximumBytes: number;
}

/** Why a download failed, in words that fit behind "expected ..., ". */
class DownloadFailure extends Error {}

/**
 * Downloads to `path`, whole or not at all, and removes what a killed process left of it; returns the SHA-256. Throws UserError, which says how to
 * get the file without this machine's network.
 */
export async function download(wanted: Download): Promise<string> {
  await removeLeftOvers(dirname(wanted.path), { of: wanted.path });
  try {
    return await makeWhole(wanted.path, async (unfinished) => {
      const sha256 = await receive(wanted, unfinished);
      if (sha256.startsWith(wanted.sha256Start)) return sha256;
      throw new DownloadFailure(
        `expected a file whose SHA-256 begins with ${wanted.sha256Start}, got ${sha256}`,
      );
    });
  } catch (error) {
    if (!(error instanceof DownloadFailure)) throw error;
    throw new UserError(
      `${wanted.url}: ${error.message}. Download that address elsewhere, put the file at ${wanted.path}, and check it with \`pnpm exp weights show ${wanted.path}\`. Behind a proxy set HTTPS_PROXY and NODE_USE_ENV_PROXY=1.`,
    );
  }
}

async function receive({ url, maximumBytes }: Download, to: string): Promise<string> {
  const unreachable = (error: unknown) => {
    const { cause, message } = error as Error;
    const { code = message } = (cause ?? {}) as NodeJS.ErrnoException;
    return new DownloadFailure(`expected an answer, but the download failed (${code})`);
  };
  const response = await fetch(url).catch((error: unknown) => {
    throw unreachable(error);
  });
  if (!response.ok || response.body === null) {
    throw new DownloadFailure(`expected the file, got HTTP status ${response.status}`);
  }
  if (new URL(response.url).protocol !== new URL(url).protocol) {
    throw new DownloadFailure(`expected the file, got sent on to ${new URL(response.url).origin}`);
  }
  const hash = createHash("sha256");
  const file = await open(to, "w");
  let received = 0;
  try {
    const chunks = response.body[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await chunks.next().catch((error: unknown) => {
        throw unreachable(error);
      });
      if (done === true) return hash.digest("hex");
      received += value.length;
      if (received > maximumBytes) {
        throw new DownloadFailure(`expected at most ${maximumBytes} bytes, got more`);
      }
      hash.update(value);
      await file.write(value);
    }
  } finally {
    await file.close();
  }
}

/** The SHA-256 of a file. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunksOfRegular(path)) hash.update(chunk);
  return hash.digest("hex");
}
