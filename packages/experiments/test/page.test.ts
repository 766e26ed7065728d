/** @file `pnpm exp page`, as a user would run it; `browser/page.test.ts` looks at the page itself. */
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { runCommand, startCommand } from "@mvt/testing/command-line";
import { filesBelow, temporaryFolder } from "@mvt/testing/folder";
import { file, refuses } from "@mvt/testing/mistakes";

/** A port that is free, but for whoever takes it in between. */
async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "localhost"), "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("page", { tags: ["slow"] }, () => {
  test("is written as a folder of static files, with nothing loaded from elsewhere", async ({
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    const { stdout } = await runCommand(["page", "--out", "below/site"], folder);
    expect(stdout).toBe("wrote below/site: static files for any web server, under any path\n");
    const files = await filesBelow(folder);
    expect(files).toContain("below/site/index.html");
    const wasm = files.flatMap((name) => /\/([\w.-]+?)-[^/]{8}\.wasm$/.exec(name)?.[1] ?? []);
    expect(wasm.toSorted()).toEqual([
      "ort-wasm-simd-threaded", // on the CPU
      "ort-wasm-simd-threaded.asyncify", // on WebGPU
      "tfjs-backend-wasm", // the face detector's
      "tfjs-backend-wasm-simd",
    ]);
    expect(files.filter((name) => !name.startsWith("below/site/"))).toEqual([]);
  });

  test("is shown until it is interrupted", async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    const port = await freePort();
    const child = startCommand(["page", "--port", `${port}`], folder);
    const stderr = text(child.stderr);
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    expect(line.toString()).toBe(`http://localhost:${port}/  (Ctrl+C ends it)\n`);
    const shown = await fetch(`http://localhost:${port}/`);
    expect(await shown.text()).toContain("<title>Mask Vision Transformer");
    expect(shown.headers.get("Content-Security-Policy")).toContain("connect-src 'self'");
    expect((await fetch(`http://localhost:${port}/none.onnx`)).status).toBe(404);
    child.kill("SIGINT");
    const [exitCode] = (await once(child, "close")) as [number | null];
    expect({ exitCode, stderr: await stderr }).toEqual({
      exitCode: 0,
      stderr: "building the page\n",
    });
  });

  test("is refused a port that is taken", async ({ onTestFinished }) => {
    const folder = await temporaryFolder(onTestFinished);
    const server = createServer();
    await once(server.listen(0, "localhost"), "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { exitCode, stderr } = await runCommand(["page", "--port", `${port}`], folder);
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `building the page\nerror: --port ${port}: expected a port that is free, but it cannot be used (Port ${port} is already in use). Choose another one.\n`,
    );
  });
});

describe("page refuses", () => {
  refuses([
    {
      what: "a folder that holds something",
      given: file("site/notes.txt", "mine"),
      args: "page --out site",
      exitCode: 1,
      stderr:
        "--out site: expected a new or empty folder, found notes.txt in it. Choose another name, or remove the folder.",
    },
    {
      what: "a file that is no model",
      given: file("face.jpg", "no model"),
      args: "page --model face.jpg --out site",
      exitCode: 1,
      stderr:
        "--model face.jpg: expected an ONNX model, got something else or a part of one (illegal tag: field no 13 wire type 6). Pass an intact file, for example by copying it again.",
    },
    {
      what: "a port beside a folder to write",
      args: "page --port 8080 --out site",
      exitCode: 2,
      stderr:
        "--port 8080: expected no --out with it, since a page that is written is not shown. Leave one of them out.",
    },
    {
      what: "a port that is none",
      args: "page --port 70000",
      exitCode: 2,
      stderr: "--port 70000: expected a whole number from 1 to 65535.",
    },
  ]);
});
