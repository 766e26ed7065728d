/**
 * The address of the module `name` in the folder of another, such as the code of a worker thread: TypeScript in the
 * repository, JavaScript in a package.
 *
 * @param importer `import.meta.url` of the other module
 */
export function moduleBeside(importer: string, name: string): URL {
  const [extension] = /\.[a-z]+$/.exec(new URL(importer).pathname) ?? [""];
  return new URL(`${name}${extension}`, importer);
}
