/** @file `pnpm exp page`: a page that runs exported models in the browser, served here or written to a folder. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CommandLineError, UserError } from "@mvt/common";
import { makeWhole } from "@mvt/common/files";
import { buildPage, servePage } from "@mvt/page";
import { defineCommand } from "../command.ts";
import type { ArgsOf } from "../command.ts";
import { output } from "../options.ts";
import { openModel } from "../../predict/open-model.ts";
import { createProgress } from "../progress.ts";
import { requireWritable } from "../writable.ts";

const defaultPort = 4173;

const options = {
  model: {
    type: "string",
    describe: "a file of `pnpm exp export` that the page opens first; others can be dropped on it",
  },
  out: {
    type: "string",
    group: output,
    describe: "write the page into this new folder, for any web server, and stop",
  },
  port: { type: "number", describe: `port of the page on this computer [default: ${defaultPort}]` },
} as const;

type Args = ArgsOf<typeof options>;

export default defineCommand({
  options,
  examples: [
    ["page --model mvt.onnx", "the page with this model, until Ctrl+C"],
    ["page --model mvt.onnx --out site", "a folder of static files to publish"],
  ],
  run,
});

async function run(args: Args): Promise<void> {
  requirePort(args);
  if (args.out !== undefined) await requireNewFolder(args.out);
  // Opened once, so that a file which is no model is told of here and not by the page.
  if (args.model !== undefined) await (await openModel(args.model, {})).dispose();
  if (args.out === undefined) await show(args);
  else await publish(args.out, args);
}

/** Nothing lies at `out` before the page is complete. */
async function publish(out: string, { model }: Args): Promise<void> {
  await makeWhole(resolve(out), async (unfinished) => {
    await build(unfinished, model);
    if (existsSync(out)) await rm(out, { recursive: true }); // it is empty
  });
  process.stdout.write(`wrote ${out}: static files for any web server, under any path\n`);
}

async function show({ model, port = defaultPort }: Args): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "mvt-page-"));
  try {
    await build(folder, model);
    const { url, close } = await servePage(folder, port).catch((error: unknown) => {
      throw new UserError(
        `--port ${port}: expected a port that is free, but it cannot be used (${(error as Error).message}). Choose another one.`,
      );
    });
    process.stdout.write(`${url}  (Ctrl+C ends it)\n`);
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    await close();
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function build(folder: string, model: string | undefined): Promise<void> {
  const progress = createProgress();
  progress.say("building the page");
  await buildPage(folder, model === undefined ? {} : { model });
  progress.end();
}

function requirePort({ port, out }: Args): void {
  if (port === undefined) return;
  if (out !== undefined) {
    throw new CommandLineError(
      `--port ${port}: expected no --out with it, since a page that is written is not shown. Leave one of them out.`,
    );
  }
  if (!(Number.isSafeInteger(port) && port >= 1 && port <= 65_535)) {
    throw new CommandLineError(`--port ${port}: expected a whole number from 1 to 65535.`);
  }
}

async function requireNewFolder(out: string): Promise<void> {
  const folder = await requireWritable("out", out);
  const entries = existsSync(folder) ? await readdir(folder) : [];
  if (entries.length === 0) return;
  throw new UserError(
    `--out ${out}: expected a new or empty folder, found ${entries[0]} in it. Choose another name, or remove the folder.`,
  );
}
