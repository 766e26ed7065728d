/** @file Names of files and folders: which of them systems leave beside data, and which differ for machines only. */

/** What systems and programs leave beside data, apart from hidden files: in lower case. */
export const junkNames = [
  "__macosx",
  "thumbs.db",
  "ehthumbs.db",
  "ehthumbs_vista.db",
  "desktop.ini",
  "icon\r",
  "@eadir",
  "@recycle",
  "#recycle",
  "$recycle.bin",
  "system volume information",
  "lost+found",
  "__pycache__",
] as const;

const junk: ReadonlySet<string> = new Set(junkNames);

/** Whether a name is hidden (".DS_Store", "._0.jpg", ".ipynb_checkpoints") or one of `junkNames`, in whatever case. */
export function isJunk(name: string): boolean {
  return name.startsWith(".") || junk.has(nameKey(name));
}

/** Equal for names that differ in upper and lower case or in composed and decomposed letters only. */
export function nameKey(name: string): string {
  return name.normalize("NFC").toLowerCase().normalize("NFC");
}

const imageExtensions = /\.(?:jpe?g|jpe|jfif|png|webp|gif|tiff?|avif|bmp|hei[cf])$/i;

/** Whether a file's name is that of an image; Thumbs.db, .DS_Store and ._1.jpg are none. */
export function isImageName(name: string): boolean {
  return imageExtensions.test(name) && !isJunk(name);
}

/** "train_00001" of "train_00001.jpg"; names that are not an image's stay. */
export function imageStem(name: string): string {
  return name.replace(imageExtensions, "");
}
