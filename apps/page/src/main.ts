/** @file The page: it reads files and shows predictions. Nothing is sent anywhere; see `publish/policy.ts`. */
import { percent, UserError } from "@mvt/common";
import { startModelWorker } from "./engine/client.ts";
import type { WebBackend, OpenedModel } from "./engine/messages.ts";
import { incomingFiles } from "./incoming-files.ts";
import { element, elementById } from "./view/element.ts";
import { backendNames, modelCard } from "./view/model-card.ts";
import { predictionCard } from "./view/prediction-card.ts";

const modelInput = elementById("model-file", HTMLInputElement);
const imageInput = elementById("image-files", HTMLInputElement);
const backendInput = elementById("backend", HTMLSelectElement);
const modelPlace = elementById("model", HTMLDivElement);
const predictionsPlace = elementById("predictions", HTMLDivElement);
const status = elementById("status", HTMLParagraphElement);
const problems = elementById("problems", HTMLDivElement);

const worker = startModelWorker();
let model: File | undefined;
let opened: OpenedModel | undefined;
/** Newest first, as they are shown. */
let images: readonly File[] = [];

async function useModel(file: File): Promise<void> {
  status.textContent = `Opening ${file.name}`;
  try {
    opened = await worker.open(file, backendInput.value as WebBackend);
  } finally {
    backendInput.value = opened?.backend ?? "wasm"; // if the chosen one failed
  }
  model = file;
  modelPlace.replaceChildren(modelCard(opened));
  predictionsPlace.replaceChildren();
  status.textContent = `${file.name} is open.`;
  for (const image of images.toReversed()) await predict(image, opened);
}

async function useImage(file: File): Promise<void> {
  if (opened === undefined) {
    throw new UserError(`${file.name}: expected an open model, which predicts images, got none`, {
      advice: "Choose an .onnx file, then this image again.",
    });
  }
  await predict(file, opened);
  images = [file, ...images];
}

async function predict(image: File, by: OpenedModel): Promise<void> {
  status.textContent = `Predicting ${image.name}`;
  const predicted = await worker.predict(image);
  predictionsPlace.prepend(predictionCard(predicted, by));
  const { expression, probability } = predicted.prediction;
  status.textContent = `${image.name}: ${expression}, ${percent(probability)} %`;
}

/** Runs tasks one after another. A task that fails is reported, and the next one runs. */
let last: Promise<void> = Promise.resolve();
function inTurn(tasks: readonly (() => Promise<void>)[]): void {
  last = last.then(async () => {
    problems.replaceChildren();
    document.body.setAttribute("aria-busy", "true");
    for (const task of tasks) await task().catch(showProblem);
    document.body.removeAttribute("aria-busy");
  });
}

function showProblem(error: unknown): void {
  status.textContent = "";
  const message = error instanceof Error ? error.message : String(error);
  problems.append(element("p", {}, message));
}

const isModel = (file: File) => file.name.toLowerCase().endsWith(".onnx");

/** Models come first, so that a model and images can be dropped together. */
function receive(files: readonly File[]): void {
  const [models, others] = [files.filter(isModel), files.filter((file) => !isModel(file))];
  inTurn([
    ...models.slice(-1).map((file) => () => useModel(file)),
    ...others.map((file) => () => useImage(file)),
  ]);
}

/** The model that `pnpm exp page --model` put into the page's folder. */
async function useModelOfPage(name: string): Promise<void> {
  status.textContent = `Loading ${name}`;
  const response = await fetch(new URL(encodeURIComponent(name), document.baseURI));
  if (!response.ok) {
    throw new UserError(
      `${name}: expected the page's own model, but the server replied ${response.status}`,
      { advice: "Choose a model file." },
    );
  }
  await useModel(new File([await response.blob()], name));
}

for (const [backend, name] of Object.entries(backendNames)) {
  if (backend === "wasm" || "gpu" in navigator) {
    backendInput.append(element("option", { value: backend }, name));
  }
}
backendInput.addEventListener("change", () => {
  const file = model;
  if (file !== undefined) inTurn([() => useModel(file)]);
});
incomingFiles({
  modelInput,
  imageInput,
  receive,
  openModel: (file) => inTurn([() => useModel(file)]),
});
const own = document.querySelector<HTMLMetaElement>('meta[name="mvt-model"]')?.content;
if (own !== undefined) inTurn([() => useModelOfPage(own)]);
