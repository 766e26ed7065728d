/** @file Files that the user chooses, drops anywhere on the page, or pastes. */

export interface Receivers {
  readonly modelInput: HTMLInputElement;
  readonly imageInput: HTMLInputElement;
  /** Called with a file chosen as a model, whatever its name. */
  readonly openModel: (file: File) => void;
  /** Called with models and images, which their names tell apart. */
  readonly receive: (files: readonly File[]) => void;
}

export function incomingFiles({ modelInput, imageInput, openModel, receive }: Receivers): void {
  modelInput.addEventListener("change", () => {
    for (const file of chosen(modelInput)) openModel(file);
  });
  imageInput.addEventListener("change", () => receive(chosen(imageInput)));
  document.addEventListener("paste", ({ clipboardData }) => {
    const files = [...(clipboardData?.files ?? [])];
    if (files.length > 0) receive(files);
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault(); // without it the browser would open the file itself
    document.body.classList.add("dragging");
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) document.body.classList.remove("dragging");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dragging");
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) receive(files);
  });
}

/** Emptied afterwards, so that the same file can be chosen again. */
function chosen(input: HTMLInputElement): readonly File[] {
  const files = [...(input.files ?? [])];
  input.value = "";
  return files;
}
