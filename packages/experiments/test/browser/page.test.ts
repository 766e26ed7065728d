/** @file The page of `pnpm exp page` in a real browser, beside onnxruntime-node. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadMvt, maskPixels, resizeImage } from "@mvt/core";
import { decodeImageFile } from "@mvt/datasets";
import type { Browser } from "playwright-core";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "@mvt/testing/command-line";
import { drawFaces } from "../fixtures/faces.ts";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { writeUntrainedRun } from "../fixtures/untrained-run.ts";
import { chromiumPath, startChromium, unlessMissing } from "@mvt/testing/chromium";
import { serveFolder } from "./static-server.ts";
import type { StaticServer } from "./static-server.ts";
import { violationsOf } from "./violations.ts";
import { visit } from "./visit.ts";
import type { Visit } from "./visit.ts";

/** Engines sum in different orders. */
const tolerance = { rtol: 0, atol: 1e-5 };

/** A folder with exported models, images, in site/ the page with masked.onnx inside, in empty/ without. */
let folder: string;
let server: StaticServer;
let browser: Browser;

const path = (name: string) => join(folder, name);
const openPage = () => visit(browser, `${server.url}site/`);
const openEmptyPage = () => visit(browser, `${server.url}empty/`);

async function expectSuccess(...args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runCommand(args, folder);
  expect(exitCode, stderr).toBe(0);
}

/** Every model is a file that `pnpm exp export` wrote. */
async function exportModels(): Promise<void> {
  const faces = await drawFaces(path("data"), "raf-db");
  const masked = await writeUntrainedRun(path("runs"), faces, true);
  const plain = await writeUntrainedRun(path("runs"), faces, false);
  const data = "--scale smoke --data data --threads 1".split(" ");
  const all = "--precision float32 float16 int8".split(" ");
  for (const args of [
    ["--run", masked, "--out", "masked.onnx", ...all],
    ["--run", plain, "--out", "plain.onnx", "--input", "pixels"],
  ]) {
    await expectSuccess("export", ...args, ...data);
  }
}

async function makeImages(): Promise<void> {
  const face = sharp(path("data/raf-db/Image/aligned/test_0001_aligned.jpg"));
  await face.clone().png().toFile(path("face.png"));
  await face.clone().resize(90, 130, { fit: "fill" }).png().toFile(path("tall.png"));
  await face.clone().greyscale().png().toFile(path("grey.png"));
  await face
    .clone()
    .resize(80, 60, { fit: "fill" })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
    .toFile(path("turned.jpg"));
  await face.clone().ensureAlpha(0.5).png().toFile(path("translucent.png"));
  await writeFile(path("text.png"), "no picture");
  await writeFile(path("empty.jpg"), "");
}

describe.skipIf(chromiumPath === undefined)(`the page${unlessMissing}`, { tags: ["slow"] }, () => {
  beforeAll(async () => {
    folder = await makeFolder();
    await Promise.all([
      exportModels().then(makeImages),
      startChromium().then((started) => (browser = started)),
    ]);
    await expectSuccess("page", "--model", "masked.onnx", "--out", "site");
    await expectSuccess("page", "--out", "empty");
    server = await serveFolder(folder);
    return async () => {
      await browser.close();
      await server.close();
      await removeFolder(folder);
    };
  }, 120_000);

  /** The worker's numbers beside those of onnxruntime-node for the same file. */
  async function expectNodesPrediction(
    { predictionOf }: Visit,
    model: string,
    picture: string,
    allowed: { readonly levels: number } & typeof tolerance = { levels: 0, ...tolerance },
  ): Promise<void> {
    const predicted = await predictionOf(picture);
    const mvt = await loadMvt(path(model), { threads: 1 });
    const decoded = await decodeImageFile(path(picture));
    const expected = await mvt.predict(decoded);
    await mvt.dispose();
    expect([predicted.width, predicted.height]).toEqual([decoded.width, decoded.height]);
    const pixels = resizeImage(decoded, mvt.description.preprocessing.imageSize);
    expect(predicted.pixels).toBeAllClose(pixels, { rtol: 0, atol: allowed.levels });
    expect(Object.keys(predicted.prediction.probabilities)).toEqual(mvt.description.classes);
    expect(Object.values(predicted.prediction.probabilities)).toBeAllClose(
      Object.values(expected.probabilities),
      allowed,
    );
    expect(predicted.prediction.mask === undefined).toBe(expected.mask === undefined);
    if (expected.mask === undefined) return;
    expect(predicted.prediction.mask).toBeAllClose(expected.mask, allowed);
    const masked = maskPixels(pixels, expected.mask, mvt.description);
    expect(predicted.masked).toBeAllClose(masked, { rtol: 0, atol: 1 + allowed.levels }); // a rounding apart
  }

  test("opens the model that lies beside it and shows what it says about itself", async () => {
    const { page, complaints } = await openPage();
    await page.getByText("masked.onnx is open").waitFor();
    const said = await page.locator("dl").innerText();
    expect(said).toMatch(/Trained on\s+\d+ synthetic faces, drawn in the layout of RAF-DB/);
    expect(said).toMatch(/Test accuracy\s+[\d.]+ % \(\d+ of 30\)/);
    expect(said).toMatch(/Mask\s+soft, removes what it marks/);
    expect(said).toMatch(/Licence\s+The graph and the code that wrote it: MIT/);
    expect(complaints).toEqual([]);
  });

  test("predicts as onnxruntime-node does for images that are dropped on it", async () => {
    const visitor = await openPage();
    await visitor.drop(path("face.png"), path("tall.png"), path("grey.png"));
    for (const name of ["face.png", "tall.png", "grey.png"]) {
      await expectNodesPrediction(visitor, "masked.onnx", name);
    }
    expect(visitor.complaints).toEqual([]);
  });

  test.each(["masked.float16.onnx", "masked.int8.onnx", "plain.onnx"])(
    "predicts as onnxruntime-node does with %s, dropped together with an image",
    async (model) => {
      const visitor = await openPage();
      await visitor.drop(path("face.png"), path(model));
      await expectNodesPrediction(visitor, model, "face.png");
      expect(visitor.complaints).toEqual([]);
    },
  );

  test("shows the prediction: the first class, every probability, the mask and what is left", async () => {
    const { drop, cardOf, predictionOf, page } = await openPage();
    await drop(path("face.png"));
    const card = await cardOf("face.png");
    const { prediction } = await predictionOf("face.png");
    const { expression, probability, probabilities } = prediction;
    const percent = (p: number) => `${(100 * p).toFixed(1)} %`;
    expect(await card.locator(".verdict").innerText()).toBe(
      `${expression} ${percent(probability)}`,
    );
    for (const [name, p] of Object.entries(probabilities)) {
      await card.getByRole("row", { name: `${name} ${percent(p)}` }).waitFor();
    }
    await card.getByRole("img", { name: /^Mask of 36 patches: M_p from [\d.]+ to / }).waitFor();
    await card.getByRole("img", { name: "The masked image" }).waitFor();
    expect(await page.getByRole("status").innerText()).toBe(
      `face.png: ${expression}, ${percent(probability)}`,
    );
  });

  test("turns images upright and puts transparent ones on black, as pnpm exp predict does", async () => {
    const visitor = await openPage();
    await visitor.drop(path("turned.jpg"), path("translucent.png"));
    // Decoders of JPEG and the blending with black may round otherwise.
    const allowed = { levels: 2, rtol: 0, atol: 1e-2 };
    await expectNodesPrediction(visitor, "masked.onnx", "turned.jpg", allowed);
    await expectNodesPrediction(visitor, "masked.onnx", "translucent.png", allowed);
  });

  test("asks for its own files alone, and lets nothing out", async () => {
    const { page, drop, cardOf, requests } = await openPage();
    await drop(path("face.png"));
    await cardOf("face.png");
    expect(requests.length).toBeGreaterThan(5);
    const own = (url: string) =>
      url.startsWith(`${server.url}site/`) || url.startsWith(`blob:${server.url}`);
    expect(requests.filter((url) => !own(url))).toEqual([]);

    const elsewhere = await serveFolder(folder);
    const send = (url: string) =>
      fetch(url, { method: "POST", body: "a picture", mode: "no-cors" }).then(
        () => "sent",
        () => "refused",
      );
    expect(await page.evaluate(send, elsewhere.url)).toBe("refused");
    const [worker] = page.workers();
    expect(await worker!.evaluate(send, elsewhere.url)).toBe("refused");
    expect(elsewhere.asked).toEqual([]);
    await elsewhere.close();
  });

  test("says what is wrong with a file, and keeps the model and the predictions there are", async () => {
    const { page, drop, cardOf, complaints } = await openPage();
    await drop(path("face.png"));
    await cardOf("face.png");
    await writeFile(path("broken.onnx"), "no model");
    await drop(path("broken.onnx"), path("text.png"), path("empty.jpg"));
    const alert = page.getByRole("alert");
    await alert.getByText("empty.jpg").waitFor();
    expect((await alert.innerText()).split(/\n+/)).toEqual([
      expect.stringMatching(
        /^broken.onnx: expected an ONNX model, got something else .*\. Pass an intact file/,
      ),
      "text.png: expected an image that this browser can read, such as PNG, JPEG or WebP, got 10 bytes of something else. Choose another file, or save the image as PNG.",
      "empty.jpg: expected an image that this browser can read, such as PNG, JPEG or WebP, got an empty file. Choose another file, or save the image as PNG.",
    ]);
    await cardOf("face.png");
    await drop(path("tall.png"));
    await cardOf("tall.png");
    expect(await alert.innerText()).toBe("");
    expect(complaints).toEqual([]);
  });

  test("can be used with the keyboard alone", async () => {
    const { page, cardOf } = await openPage();
    const files = [path("plain.onnx"), path("face.png")];
    page.on("filechooser", (chooser) => chooser.setFiles(files.shift()!));
    await page.getByText("masked.onnx is open").waitFor();
    await page.getByLabel("Choose a model").focus();
    await page.keyboard.press("Space");
    await page.getByText("plain.onnx is open").waitFor();
    await page.keyboard.press("Tab"); // what computes
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    const card = await cardOf("face.png");
    expect(await card.getByRole("img").count()).toBe(1); // this model has no mask
  });

  test("keeps images that are chosen before a model, and predicts them when it is open", async () => {
    const visitor = await openEmptyPage();
    const { page, drop, cardOf } = visitor;
    await drop(path("face.png"), path("tall.png"));
    const status = page.getByRole("status");
    await status
      .getByText("2 images wait for a model: face.png, tall.png. Choose a model.")
      .waitFor();
    await drop(path("grey.png"));
    await status.getByText("3 images wait for a model: face.png, tall.png, grey.png.").waitFor();
    expect(await page.getByRole("alert").innerText()).toBe("");
    expect(await page.getByRole("article").count()).toBe(0);
    await page.getByLabel("Choose a model").setInputFiles(path("plain.onnx"));
    await status.getByText("3 images are predicted.").waitFor();
    for (const name of ["face.png", "tall.png", "grey.png"]) await cardOf(name);
    await expectNodesPrediction(visitor, "plain.onnx", "tall.png");
    expect(await page.getByRole("article").count()).toBe(3);
    expect(visitor.complaints).toEqual([]);
  });

  test("names on each card the model that predicted it, and predicts again with another", async () => {
    const { page, drop, cardOf } = await openPage();
    await drop(path("face.png"), path("tall.png"));
    await page.getByText("2 images are predicted.").waitFor();
    const models = page.getByRole("article").getByText("predicted by");
    const by = (name: string) => [`predicted by ${name}`, `predicted by ${name}`];
    expect(await models.allInnerTexts()).toEqual(by("masked.onnx"));
    await drop(path("plain.onnx"));
    await page.getByText("2 images, predicted by plain.onnx").waitFor();
    expect(await models.allInnerTexts()).toEqual(by("plain.onnx"));
    await writeFile(path("broken.onnx"), "no model");
    await drop(path("broken.onnx"), path("grey.png"));
    await (await cardOf("grey.png")).getByText("predicted by plain.onnx").waitFor();
  });

  test("counts the images of each class, once there are several", async () => {
    const { page, drop, cardOf, predictionOf } = await openPage();
    const summary = page.getByRole("table", { name: "predicted by masked.onnx" });
    await drop(path("face.png"));
    await cardOf("face.png");
    expect(await summary.count()).toBe(0);
    await drop(path("grey.png"), path("tall.png"), path("text.png"));
    await page.getByRole("table", { name: "3 images, predicted by masked.onnx" }).waitFor();
    const predictions = await Promise.all(["face.png", "grey.png", "tall.png"].map(predictionOf));
    const total = predictions.reduce((sum, { prediction }) => sum + prediction.probability, 0);
    await summary.getByRole("row", { name: `all 3 ${((100 * total) / 3).toFixed(1)} %` }).waitFor();
    const { expression } = predictions[0]!.prediction;
    const alike = predictions.filter(({ prediction }) => prediction.expression === expression);
    await summary.getByRole("row", { name: `${expression} ${alike.length} ` }).waitFor();
  });

  test("saves the predictions as the CSV that pnpm exp predict writes", async () => {
    const { page, drop, complaints } = await openPage();
    const images = ["face.png", "tall.png", "grey.png"];
    await drop(path("text.png"), ...images.map(path)); // the first one is no image
    await page.getByText("3 images are predicted.").waitFor();
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download CSV" }).press("Enter");
    const download = await downloading;
    expect(download.suggestedFilename()).toBe("masked-predictions.csv");
    await expectSuccess("predict", "--model", "masked.onnx", ...images, "--out", "node.csv");
    const table = (text: string) => text.split("\n").map((line) => line.split(","));
    const saved = table(await readFile(await download.path(), "utf8"));
    const written = table(await readFile(path("node.csv"), "utf8"));
    expect(saved[0]).toEqual(written[0]);
    const names = (rows: readonly (readonly string[])[]) => rows.map((row) => row.slice(0, 2));
    expect(names(saved)).toEqual(names(written));
    const numbers = (rows: readonly (readonly string[])[]) =>
      rows.slice(1).flatMap((row) => row.slice(2).map(Number));
    expect(numbers(saved)).toBeAllClose(numbers(written), tolerance);
    expect(complaints).toEqual([]);
  });

  test("clears the images by keyboard, and keeps the model", async () => {
    const { page, drop, cardOf } = await openPage();
    const clear = page.getByRole("button", { name: "Clear" });
    expect(await clear.isVisible()).toBe(false);
    await drop(path("face.png"), path("tall.png"), path("text.png"));
    await page.getByText("2 images are predicted.").waitFor();
    await clear.press("Enter");
    expect(await page.getByRole("status").innerText()).toBe("The images are cleared.");
    expect(await page.getByRole("article").count()).toBe(0);
    expect(await page.getByRole("alert").innerText()).toBe("");
    for (const gone of [clear, page.getByRole("button", { name: "Download CSV" })]) {
      expect(await gone.isVisible()).toBe(false);
    }
    const focused = page.locator(":focus");
    expect(await focused.getAttribute("id")).toBe("image-files");
    await drop(path("grey.png"));
    await cardOf("grey.png");
    expect(await page.getByRole("article").count()).toBe(1);
  });

  test("clears images while they are predicted", async () => {
    const { page, drop, cardOf } = await openPage();
    await page.getByText("masked.onnx is open").waitFor();
    await drop(...Array.from({ length: 40 }, () => path("face.png")));
    await cardOf("face.png");
    await page.getByRole("button", { name: "Clear" }).click();
    await drop(path("grey.png"));
    await cardOf("grey.png");
    expect(await page.getByRole("article").count()).toBe(1);
  });

  test("is accessible, empty and with predictions, light and dark, at 1280 and 390 pixels", async () => {
    const { page, drop } = await openEmptyPage();
    async function expectAccessible(state: string): Promise<void> {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        for (const width of [1280, 390]) {
          await page.setViewportSize({ width, height: 800 });
          expect(await violationsOf(page), `${state}, ${colorScheme}, ${width}`).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        }
      }
    }
    await expectAccessible("empty");
    await drop(path("face.png"), path("tall.png"));
    await page.getByText("2 images wait for a model").waitFor();
    await expectAccessible("without a model");
    await drop(path("masked.onnx"), path("text.png"));
    await page.getByText("2 images are predicted.").waitFor();
    await expectAccessible("with predictions");
  });

  test("fits a screen of 320 pixels", async () => {
    const { page, drop, cardOf } = await openPage();
    await page.setViewportSize({ width: 320, height: 640 });
    await drop(path("face.png"));
    await cardOf("face.png");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  });

  test("predicts with WebGPU as with the processor", async ({ onTestFinished }) => {
    const other = await startChromium("swiftshader");
    onTestFinished(() => other.close());
    const visitor = await visit(other, `${server.url}site/`);
    visitor.page.setDefaultTimeout(110_000); // shaders are compiled and run on the processor
    await visitor.page.getByText("masked.onnx is open").waitFor();
    await visitor.page
      .getByLabel("Computed with")
      .selectOption("WebGPU, on the graphics processor");
    await visitor.drop(path("face.png"));
    await expectNodesPrediction(visitor, "masked.onnx", "face.png");
    expect(await (await visitor.cardOf("face.png")).innerText()).toContain("WebGPU");
    expect(visitor.complaints).toEqual([]);
  });
});
