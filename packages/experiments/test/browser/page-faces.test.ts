/** @file Photographs on the page of `pnpm exp page`, in a real browser. */
import { join } from "node:path";
import { drawPhotograph } from "@mvt/datasets";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import type { Browser } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { predictJson } from "../../src/predict/prediction-facts.ts";
import { drawFaces } from "../fixtures/faces.ts";
import { writeUntrainedRun } from "../fixtures/untrained-run.ts";
import { chromiumPath, startChromium, unlessMissing } from "@mvt/testing/chromium";
import { serveFolder } from "./static-server.ts";
import type { StaticServer } from "./static-server.ts";
import { visit } from "./visit.ts";

let folder: string;
let server: StaticServer;
let browser: Browser;
const path = (name: string) => join(folder, name);
const run = async (...args: readonly string[]) => runCommand(args, folder);

/** A drawn photograph of width x height pixels. */
async function photograph(file: string, people: number, width: number, height: number) {
  const { pixels, side } = drawPhotograph(0, `page ${people}`, {
    side: 720,
    people,
    heads: [0.42, 0.5],
    rotation: 8,
    yaw: 8,
  });
  const drawn = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
  const square = await drawn.resize(height, height).png().toBuffer();
  const right = width - height;
  await sharp(square).extend({ right, background: "#8090a0" }).toFile(path(file));
}

describe.skipIf(chromiumPath === undefined)(
  `photographs on the page${unlessMissing}`,
  { tags: ["slow"] },
  () => {
    beforeAll(async () => {
      folder = await makeFolder();
      const faces = await drawFaces(path("data"), "raf-db");
      const masked = await writeUntrainedRun(path("runs"), faces, true);
      const data = "--scale smoke --data data --threads 1".split(" ");
      await run("export", "--run", masked, "--out", "masked.onnx", ...data);
      await run("page", "--model", "masked.onnx", "--out", "site");
      await photograph("group.png", 4, 960, 720);
      await photograph("nobody.png", 0, 640, 480);
      await photograph("large.jpg", 4, 4000, 3000);
      server = await serveFolder(folder);
      browser = await startChromium();
    }, 240_000);
    afterAll(async () => {
      await browser?.close();
      await server?.close();
      await removeFolder(folder);
    });

    const findFaces = async () => {
      const visitor = await visit(browser, `${server.url}site/`);
      await visitor.page.getByText("masked.onnx is open").waitFor();
      return visitor;
    };
    const check = async ({ page }: Awaited<ReturnType<typeof findFaces>>) =>
      page.getByLabel("Find faces in photographs").check();

    test("load the detector only when it is asked for", async () => {
      const visitor = await findFaces();
      await visitor.drop(path("group.png"));
      await visitor.cardOf("group.png");
      const ofDetector = () =>
        visitor.requests.filter((url) => /face|ssd_mobilenet|tfjs/.test(url));
      expect(ofDetector()).toEqual([]);
      await check(visitor); // predicts the image again, as a photograph
      await visitor.page.getByText(/^group\.png: \d faces$/).waitFor();
      expect(ofDetector().length).toBeGreaterThan(4);
      expect(visitor.requests.every((url) => url.includes(server.url))).toBe(true);
      expect(visitor.complaints).toEqual([]);
    });

    test("show every face with its box, as pnpm exp predict --faces finds it", async () => {
      const visitor = await findFaces();
      await check(visitor);
      await visitor.drop(path("group.png"), path("nobody.png"));
      const { page } = visitor;
      await page.getByText(/^group\.png: \d faces; nobody\.png: no face$/).waitFor();
      const { stdout } = await run(
        ..."predict --model masked.onnx --faces group.png --json".split(" "),
      );
      const { images } = predictJson.parse(JSON.parse(stdout));
      await page.getByRole("img", { name: `with boxes around ${images.length} faces` }).waitFor();
      for (const { face, expression, probability } of images) {
        const name = `group.png, face ${face!.number} of ${images.length}`;
        const card = await visitor.cardOf(name);
        const percent = (100 * probability).toFixed(1);
        expect(await card.locator(".verdict").innerText()).toBe(`${expression} ${percent} %`);
        await card.getByRole("img", { name: /^Mask of 36 patches/ }).waitFor();
        await card.getByText(/aligned from \d+ × \d+ pixels, score 0\.\d+/).waitFor();
      }
      expect(await page.getByRole("article", { name: "nobody.png" }).innerText()).toMatch(
        /no face/,
      );
      expect(visitor.complaints).toEqual([]);
    });

    test("may have 12 million pixels", async () => {
      const visitor = await findFaces();
      await check(visitor);
      await visitor.drop(path("large.jpg"));
      await visitor.page.getByText(/^large\.jpg: \d faces$/).waitFor();
      const card = visitor.page.getByRole("article", { name: "large.jpg", exact: true });
      const said = await card.innerText();
      expect(said).toMatch(/4000 × 3000 pixels; decoded in .*, searched in .*, predicted in /);
      expect(visitor.complaints).toEqual([]);
    });
  },
);
