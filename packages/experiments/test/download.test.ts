/** @file Downloads, from a server of the test's own. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { UserError } from "@mvt/common";
import { download } from "../src/pretrained/download.ts";
import { filesBelow, temporaryFolder } from "@mvt/testing/folder";

const content = Buffer.from("weights ".repeat(10_000));
const sha256 = createHash("sha256").update(content).digest("hex");

/** Where `answer` is served, and a folder to download into. */
async function serve(answer: RequestListener) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const folder = await temporaryFolder(onTestFinished);
  const path = join(folder, "weights", "deit.pth");
  const url = `http://127.0.0.1:${port}/deit.pth`;
  return { folder, wanted: { url, path, sha256Start: sha256.slice(0, 8), maximumBytes: 100_000 } };
}

describe("a download", () => {
  test("arrives whole, at its place, with its checksum", async () => {
    const { folder, wanted } = await serve((_, response) => response.end(content));
    expect(await download(wanted)).toBe(sha256);
    expect(await readFile(wanted.path)).toEqual(content);
    expect(await filesBelow(folder)).toEqual([join("weights", "deit.pth")]);
  });

  const failures: Readonly<Record<string, readonly [RequestListener, string]>> = {
    "another file": [
      (_, response) => response.end("<html>"),
      "expected a file whose SHA-256 begins with",
    ],
    "no file": [
      (_, response) => response.writeHead(404).end(),
      "expected the file, got HTTP status 404",
    ],
    "a file without end": [
      (_, response) => response.end(Buffer.concat([content, content])),
      "expected at most 100000 bytes, got more",
    ],
    "half a file": [
      (_, response) => {
        response.writeHead(200, { "content-length": content.length });
        response.write(content.subarray(0, 1000), () => response.destroy());
      },
      "expected an answer, but the download failed (",
    ],
  };
  test.each(Object.entries(failures))(
    "of %s leaves nothing behind",
    async (_, [answer, reason]) => {
      const { folder, wanted } = await serve(answer);
      const error: unknown = await download(wanted).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UserError);
      expect((error as Error).message).toContain(`${wanted.url}: ${reason}`);
      expect((error as Error).message).toContain(`put the file at ${wanted.path}`);
      expect(await filesBelow(folder)).toEqual([]);
    },
  );
});
