/** @file The page: files in, answers out. Nothing is sent anywhere; see `publish/policy.ts`. */
import { startEngine } from "./engine/client.ts";
import type { Backend, Opened } from "./engine/messages.ts";
import { UserError } from "./engine/user-error.ts";
import { incomingFiles } from "./incoming-files.ts";
import { answerCard } from "./view/answer-card.ts";
import { element, elementById } from "./view/element.ts";
import { percent } from "./view/format.ts";
import { backendNames, modelCard } from "./view/model-card.ts";

const modelInput = elementById("model-file", HTMLInputElement);
const pictureInput = elementById("picture-files", HTMLInputElement);
const backendInput = elementById("backend", HTMLSelectElement);
const modelPlace = elementById("model", HTMLDivElement);
const answersPlace = elementById("answers", HTMLDivElement);
const status = elementById("status", HTMLParagraphElement);
const problems = elementById("problems", HTMLDivElement);

const engine = startEngine();
let model: File | undefined;
let opened: Opened | undefined;
/** Newest first, as they are shown. */
let pictures: readonly File[] = [];

async function useModel(file: File): Promise<void> {
  status.textContent = `Opening ${file.name}`;
  try {
    opened = await engine.open(file, backendInput.value as Backend);
  } finally {
    backendInput.value = opened?.backend ?? "wasm"; // where the other one failed
  }
  model = file;
  modelPlace.replaceChildren(modelCard(opened));
  answersPlace.replaceChildren();
  status.textContent = `${file.name} is open.`;
  for (const picture of pictures.toReversed()) await answer(picture, opened);
}

async function usePicture(file: File): Promise<void> {
  if (opened === undefined) {
    throw new UserError(
      `${file.name}: expected a model first, since it is the model that looks at pictures. Choose an .onnx file, then this picture again.`,
    );
  }
  await answer(file, opened);
  pictures = [file, ...pictures];
}

async function answer(picture: File, by: Opened): Promise<void> {
  status.textContent = `Looking at ${picture.name}`;
  const said = await engine.ask(picture);
  answersPlace.prepend(answerCard(said, by));
  const { expression, probability } = said.prediction;
  status.textContent = `${picture.name}: ${expression}, ${percent(probability)}`;
}

/** One thing after the other; each of them may fail alone. */
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

/** Models first, so that a model and pictures can be dropped together. */
function receive(files: readonly File[]): void {
  const [models, others] = [files.filter(isModel), files.filter((file) => !isModel(file))];
  inTurn([
    ...models.slice(-1).map((file) => () => useModel(file)),
    ...others.map((file) => () => usePicture(file)),
  ]);
}

/** The model that `pnpm exp page --model` put beside the page. */
async function useModelOfPage(name: string): Promise<void> {
  status.textContent = `Loading ${name}`;
  const response = await fetch(new URL(encodeURIComponent(name), document.baseURI));
  if (!response.ok) {
    throw new UserError(
      `${name}: expected the page's own model, but the server answered ${response.status}. Choose a model file.`,
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
  pictureInput,
  receive,
  openModel: (file) => inTurn([() => useModel(file)]),
});
const own = document.querySelector<HTMLMetaElement>('meta[name="mvt-model"]')?.content;
if (own !== undefined) inTurn([() => useModelOfPage(own)]);
