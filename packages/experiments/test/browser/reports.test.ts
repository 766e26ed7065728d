/** @file The pages of `pnpm exp report` and of tables: valid HTML, and in a real browser, opened as files. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { accuracy } from "@mvt/report";
import type { Table } from "@mvt/report";
import { figurePage } from "@mvt/report/html/figure-page";
import { toHtml } from "@mvt/report/html/table-page";
import { HtmlValidate } from "html-validate";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "@mvt/testing/command-line";
import { makeFolder, removeFolder } from "@mvt/testing/folder";
import { describeProvenance } from "../../src/runs/provenance.ts";
import { trainedClassifier, trainedGenerator } from "../fixtures/trained-runs.ts";
import { chromiumPath, startChromium, unlessMissing } from "@mvt/testing/chromium";
import { violationsOf } from "./violations.ts";

/** A folder with runs/, and in reports/ all pages. */
let folder: string;
let pages: readonly string[];
let classifierId: string;

const hostile = `"'><img src=x onerror="document.title='taken'">`;

/** A table in the order 60, 80, unknown, 70. */
function tableOf(): Table {
  const row = (name: string, k?: number) =>
    ({
      cells: {
        name: { kind: "text", text: name },
        accuracy: k === undefined ? undefined : accuracy([{ seed: 0, k, n: 100, epoch: 1 }]),
      },
    }) as const;
  return {
    title: "A table",
    columns: [
      { key: "name", title: "Row", kind: "text" },
      { key: "accuracy", title: "Accuracy (%)", kind: "accuracy" },
    ],
    rows: [row("b", 60), row("a", 80), row(hostile), row("c", 70)],
    legend: ["What `this` means."],
    notes: [],
    provenance: describeProvenance({ scale: "smoke", seeds: [0], data: [] }),
  };
}

const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="40" viewBox="0 0 900 40" role="img"><title>A figure</title><desc>A line.</desc><path d="M0 0L9 9"/></svg>';

const path = (name: string) => join(folder, "reports", name);

async function writeReports(): Promise<void> {
  const { exitCode, stdout, stderr } = await runCommand(["report"], folder);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toMatch(/^wrote .*index\.html and 2 pages of runs in runs\//);
}

beforeAll(async () => {
  folder = await makeFolder();
  const runs = join(folder, "runs");
  const classifier = await trainedClassifier(runs);
  classifierId = classifier.id;
  await trainedGenerator(runs, classifier);
  const { provenance } = tableOf();
  await writeReports();
  await writeFile(path("table.html"), toHtml(tableOf(), { figures: [svg] }));
  await writeFile(path("figure.html"), figurePage({ title: "Figure", figures: [svg], provenance }));
  await writeFile(path("other.html"), "<title>somebody else's</title>");
  await writeReports();
  const ids = await readdir(path("runs"));
  pages = ["index.html", "table.html", "figure.html", ...ids.map((name) => join("runs", name))];
  return () => removeFolder(folder);
}, 120_000);

describe("the pages of pnpm exp report", { tags: ["slow"] }, () => {
  test("are valid HTML", async () => {
    const validator = new HtmlValidate({
      extends: ["html-validate:recommended"],
      rules: {
        "doctype-style": "off", // both forms are valid
        "void-style": "off",
        "long-title": "off", // a title is that of the table
        "no-inline-style": "off", // a page is one file
        "prefer-native-element": "off", // <search> is younger than the browsers that pages are for
        "no-raw-characters": ["error", { relaxed: true }],
        "attribute-boolean-style": "off",
        "require-sri": "off",
      },
    });
    for (const name of pages) {
      const report = await validator.validateString(await readFile(path(name), "utf8"));
      const messages = report.results.flatMap((result) =>
        result.messages.map(
          ({ ruleId, message, line, column }) => `${line}:${column} ${ruleId}: ${message}`,
        ),
      );
      expect(messages, name).toEqual([]);
    }
  });

  test("lead from the index to every run and to the tables that this project wrote", async () => {
    const index = await readFile(path("index.html"), "utf8");
    const links = [...index.matchAll(/href="([^"]*)"/g)].map(([, href]) => href!);
    expect(new Set(links)).toEqual(new Set(pages.filter((name) => name !== "index.html")));
  });
});

describe.skipIf(chromiumPath === undefined)(
  `the pages in a browser${unlessMissing}`,
  { tags: ["slow"] },
  () => {
    let browser: Browser;

    beforeAll(async () => {
      browser = await startChromium();
      return () => browser.close();
    });

    async function open(
      name: string,
      {
        width = 1280,
        colorScheme = "light",
      }: { readonly width?: number; readonly colorScheme?: "light" | "dark" } = {},
    ) {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(String(error)));
      await page.goto(pathToFileURL(path(name)).href);
      return { page, requests, complaints };
    }

    test.for(["light", "dark"] as const)(
      "are accessible, ask for nothing and fit 1280 and 390 pixels, %s",
      async (colorScheme) => {
        for (const name of pages) {
          for (const width of [1280, 390]) {
            const { page, requests, complaints } = await open(name, { width, colorScheme });
            expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
            expect(await violationsOf(page), `${name}, ${width} pixels`).toEqual([]);
            expect(requests.filter((url) => !url.startsWith("data:"))).toEqual([page.url()]);
            expect(complaints).toEqual([]);
            await page.close();
          }
        }
      },
    );

    const firstColumn = (page: Page) => page.locator("tbody tr > :first-child").allInnerTexts();

    test("sort by keyboard, unknown values last", async () => {
      const { page } = await open("table.html");
      const heading = page.getByRole("columnheader", { name: "Accuracy (%)" });
      await heading.getByRole("button").focus();
      await page.keyboard.press("Enter");
      expect(await heading.getAttribute("aria-sort")).toBe("descending");
      expect(await firstColumn(page)).toEqual(["a", "c", "b", hostile]);
      await page.keyboard.press("Space");
      expect(await heading.getAttribute("aria-sort")).toBe("ascending");
      expect(await firstColumn(page)).toEqual(["b", "c", "a", hostile]);
    });

    test("sort words by a click, and only one column at a time", async () => {
      const { page } = await open("table.html");
      await page.getByRole("button", { name: "Accuracy (%)" }).click();
      await page.getByRole("button", { name: "Row" }).click();
      expect(await page.locator("[aria-sort]").allInnerTexts()).toEqual([
        expect.stringContaining("Row"),
      ]);
      expect((await firstColumn(page)).slice(-3)).toEqual(["a", "b", "c"]);
    });

    test("show hostile names as text", async () => {
      const { page } = await open("table.html");
      expect(await page.title()).toBe("A table");
      expect(await page.locator("img").count()).toBe(0);
    });

    test("filter the runs of the index", async () => {
      const { page } = await open("index.html");
      await page.getByRole("searchbox", { name: "Show runs with" }).fill(classifierId);
      expect(await page.locator("#runs tbody tr:visible").count()).toBe(1);
      expect(await page.getByRole("status").innerText()).toBe("1 of 2");
    });

    test("tell the values of an epoch by keys and by pointer", async () => {
      const { page } = await open(`runs/${classifierId}.html`);
      const curves = page.getByRole("slider", { name: "Loss by epoch" });
      const loss = (epoch: number) =>
        page.evaluate((i) => {
          const plots = [...document.querySelectorAll(".plot")];
          const plot = plots.find((one) => one.querySelector("h3")?.textContent === "Loss")!;
          return plot.querySelector("tbody")!.rows[i]!.cells[1]!.textContent;
        }, epoch - 1);
      expect(await curves.getAttribute("aria-valuetext")).toBe(
        `Epoch 2, training ${await loss(2)}`,
      );
      await curves.focus();
      await page.keyboard.press("ArrowLeft");
      expect(await curves.getAttribute("aria-valuetext")).toBe(
        `Epoch 1, training ${await loss(1)}`,
      );
      const box = (await curves.boundingBox())!;
      await page.mouse.move(box.x + box.width - 4, box.y + box.height / 2);
      expect(await curves.getAttribute("aria-valuenow")).toBe("2");
    });
  },
);
