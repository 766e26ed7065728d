/** @file The page: it reads files and shows predictions. Nothing is sent anywhere; see `publish/policy.ts`. */
import { listFirst, percent, UserError } from "@mvt/common";
import { csvName, csvOf, saveText } from "./csv.ts";
import { startModelWorker } from "./engine/client.ts";
import type { WebBackend, ImagePrediction, OpenedModel } from "./engine/messages.ts";
import { incomingFiles } from "./incoming-files.ts";
import { element, elementById } from "./view/element.ts";
import { backendNames, modelCard } from "./view/model-card.ts";
import { countFaces, photographCard } from "./view/photograph-card.ts";
import { predictionCard } from "./view/prediction-card.ts";
import { summaryTable } from "./view/summary-table.ts";

const modelInput = elementById("model-file", HTMLInputElement);
const imageInput = elementById("image-files", HTMLInputElement);
const facesInput = elementById("faces", HTMLInputElement);
const backendInput = elementById("backend", HTMLSelectElement);
const modelPlace = elementById("model", HTMLDivElement);
const predictionsPlace = elementById("predictions", HTMLDivElement);
const summaryPlace = elementById("summary", HTMLDivElement);
const saveButton = elementById("save", HTMLButtonElement);
const clearButton = elementById("clear", HTMLButtonElement);
const status = elementById("status", HTMLParagraphElement);
const problems = elementById("problems", HTMLDivElement);

const worker = startModelWorker();
let model: File | undefined;
let opened: OpenedModel | undefined;
/** Oldest first. They stay when another model is opened, which then predicts them. */
let images: readonly File[] = [];
/** By the open model: one of an image, any number of a photograph; "failed" if it could not be predicted. */
const predictions = new Map<File, readonly ImagePrediction[] | "failed">();

const predicted = () =>
  images.flatMap((image) => {
    const prediction = predictions.get(image);
    return prediction === undefined || prediction === "failed" ? [] : prediction;
  });

async function useModel(file: File): Promise<void> {
  status.textContent = `Opening ${file.name}`;
  try {
    opened = await worker.open(file, backendInput.value as WebBackend);
  } finally {
    backendInput.value = opened?.backend ?? "wasm"; // if the chosen one failed
  }
  model = file;
  modelPlace.replaceChildren(modelCard(opened));
  predictions.clear();
  predictionsPlace.replaceChildren();
  showControls();
  status.textContent = `${file.name} is open.`;
}

/** The oldest one that the open model has not predicted; none if another model is to open first. */
function nextImage(): File | undefined {
  return modelsToOpen > 0 ? undefined : images.find((one) => !predictions.has(one));
}

/** Predicts the images that wait for the open model. Without a model, says that they wait for one. */
async function predictImages(): Promise<void> {
  if (opened === undefined) {
    if (nextImage() !== undefined) status.textContent = waitingForModel(images);
    return;
  }
  const earlier = new Set(predicted());
  const photographs: string[] = [];
  for (let image = nextImage(); image !== undefined; image = nextImage()) {
    status.textContent = `Predicting ${image.name}`;
    const shown = await (facesInput.checked ? ofPhotograph : ofImage)(image, opened).catch(
      (error: unknown) => {
        if (images.includes(image)) showProblem(error);
        return "failed" as const;
      },
    );
    if (!images.includes(image)) continue; // cleared meanwhile
    predictions.set(image, shown === "failed" ? shown : shown.images);
    if (shown === "failed") continue;
    if (shown.outcome !== undefined) photographs.push(shown.outcome);
    predictionsPlace.prepend(...shown.cards);
    showControls();
  }
  const done = predicted().filter((one) => !earlier.has(one));
  if (photographs.length > 0) status.textContent = photographs.join("; ");
  else if (done.length > 0) status.textContent = outcomeOf(done);
}

/** What is shown of a file. `outcome`: of a photograph, for the status line. */
interface Shown {
  readonly images: readonly ImagePrediction[];
  readonly cards: readonly HTMLElement[];
  readonly outcome?: string;
}

async function ofImage(file: File, by: OpenedModel): Promise<Shown> {
  const image = await worker.predict(file);
  return { images: [image], cards: [predictionCard(image, by)] };
}

async function ofPhotograph(file: File, by: OpenedModel): Promise<Shown> {
  const photograph = await worker.predictFaces(file);
  const { name, faces } = photograph;
  return {
    images: faces,
    cards: [photographCard(photograph), ...faces.map((face) => predictionCard(face, by))],
    outcome: `${name}: ${countFaces(faces.length)}`,
  };
}

/** Predicts all images again, as faces or as photographs. */
function changeKind(): void {
  inTurn(async () => {
    predictions.clear();
    predictionsPlace.replaceChildren();
    showControls();
    if (!facesInput.checked) return;
    status.textContent = "Loading the detector of faces";
    await worker.prepareFaces();
    status.textContent = "The detector of faces is loaded.";
  });
}

function waitingForModel(waiting: readonly File[]): string {
  const names = listFirst(
    waiting.map(({ name }) => name),
    5,
  );
  const subject = waiting.length === 1 ? "1 image waits" : `${waiting.length} images wait`;
  return `${subject} for a model: ${names}. Choose a model.`;
}

function outcomeOf(done: readonly ImagePrediction[]): string {
  const { name, prediction } = done.at(-1)!;
  return done.length === 1
    ? `${name}: ${prediction.expression}, ${percent(prediction.probability)} %`
    : `${done.length} images are predicted.`;
}

/** What there is to save, to clear and to count. */
function showControls(): void {
  const shown = predicted();
  saveButton.hidden = shown.length === 0;
  clearButton.hidden = images.length === 0;
  summaryPlace.replaceChildren();
  if (opened !== undefined && shown.length > 1) summaryPlace.append(summaryTable(shown, opened));
}

/** At once, also while images are predicted. */
function clear(): void {
  images = [];
  predictions.clear();
  predictionsPlace.replaceChildren();
  problems.replaceChildren();
  showControls();
  imageInput.focus(); // the button, which had the focus, is hidden now
  status.textContent = "The images are cleared.";
}

/** Models that were chosen and wait for their turn. */
let modelsToOpen = 0;
let last: Promise<void> = Promise.resolve();

/** Opens a model, if there is one, and predicts, after all that is to do already. Says what failed. */
function inTurn(openModel?: () => Promise<void>): void {
  if (openModel !== undefined) modelsToOpen += 1;
  last = last.then(async () => {
    problems.replaceChildren();
    document.body.setAttribute("aria-busy", "true");
    if (openModel !== undefined) {
      modelsToOpen -= 1;
      await openModel().catch(showProblem);
    }
    await predictImages().catch(showProblem);
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
  images = [...images, ...files.filter((file) => !isModel(file))];
  showControls();
  const chosen = files.findLast(isModel);
  inTurn(chosen && (() => useModel(chosen)));
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
  if (file !== undefined) inTurn(() => useModel(file));
});
incomingFiles({
  modelInput,
  imageInput,
  receive,
  openModel: (file) => inTurn(() => useModel(file)),
});
saveButton.addEventListener("click", () => {
  if (opened !== undefined) {
    saveText(csvName(opened), csvOf(predicted(), opened.description.classes));
  }
});
clearButton.addEventListener("click", clear);
facesInput.addEventListener("change", changeKind);
const own = document.querySelector<HTMLMetaElement>('meta[name="mvt-model"]')?.content;
if (own !== undefined) inTurn(() => useModelOfPage(own));
