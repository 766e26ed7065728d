/** @file Which files of a folder are images, by their names. */
import { readdir } from "node:fs/promises";

const extensions = /\.(?:jpe?g|png|webp|gif|tiff?|avif|bmp)$/i;

/** Whether a file's name says that it is an image; Thumbs.db and .DS_Store do not. */
export function isImageName(name: string): boolean {
  return extensions.test(name) && !name.startsWith(".");
}

/** The folders in a folder and the images in it, by name, in the order of their code points. */
export async function listImages(
  folder: string,
): Promise<{ readonly folders: readonly string[]; readonly images: readonly string[] }> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = (of: typeof entries) => of.map(({ name }) => name).toSorted();
  return {
    // A link may lead to a folder or to a file; its name tells.
    folders: names(
      entries.filter(
        (entry) =>
          !entry.name.startsWith(".") &&
          (entry.isDirectory() || (entry.isSymbolicLink() && !isImageName(entry.name))),
      ),
    ),
    images: names(entries.filter((entry) => !entry.isDirectory() && isImageName(entry.name))),
  };
}
