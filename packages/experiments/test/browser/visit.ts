/** @file A visit to the page of `pnpm exp page`: what a visitor does, and what the page's worker computed. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { ImagePrediction } from "@mvt/page";
import type { Browser, Locator, Page } from "playwright-core";

export interface Visit {
  readonly page: Page;
  /** Addresses of all requests, and whatever the console or an uncaught error said. */
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
  /** Drops files on the page, all at once. */
  readonly drop: (...paths: readonly string[]) => Promise<void>;
  /** The card of an image, once it is there. */
  readonly cardOf: (name: string) => Promise<Locator>;
  /** The prediction that the worker sent for the image, once its card is there: the page shows rounded numbers. */
  readonly predictionOf: (name: string) => Promise<ImagePrediction>;
}

/** Opens the page, in a profile of its own. */
export async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(60_000); // the machine may be busy with other tests
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.addInitScript(listenToWorkers);
  await page.goto(url);
  const cardOf = async (name: string) => {
    const card = page.getByRole("article", { name, exact: true }).first();
    await card.waitFor();
    return card;
  };
  return {
    page,
    requests,
    complaints,
    cardOf,
    drop: async (...paths) => {
      const files = paths.map(async (path) => ({
        name: basename(path),
        base64: (await readFile(path)).toString("base64"),
      }));
      await page.evaluate(dropFiles, await Promise.all(files));
    },
    predictionOf: async (name) => {
      await cardOf(name);
      return page.evaluate(lastPrediction, name);
    },
  };
}

// What follows runs in the browser.

type Listening = Window & { predictions: ImagePrediction[] };

function listenToWorkers(): void {
  const predictions: ImagePrediction[] = [];
  Object.assign(window, { predictions });
  window.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener("message", ({ data }) => {
        if ("value" in data && "prediction" in data.value) predictions.push(data.value);
      });
    }
  };
}

function lastPrediction(name: string): ImagePrediction {
  const { predictions } = window as unknown as Listening;
  return predictions.findLast((one) => one.name === name)!;
}

function dropFiles(files: readonly { readonly name: string; readonly base64: string }[]): void {
  const dataTransfer = new DataTransfer();
  for (const { name, base64 } of files) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    dataTransfer.items.add(new File([bytes], name));
  }
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
}
