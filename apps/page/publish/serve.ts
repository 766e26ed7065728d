/** @file Serves a folder that `buildPage` wrote, on this computer alone. */
import { preview } from "vite";
import { pageConfig } from "./config.ts";

export interface ServedPage {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** At http://localhost:<port>/; rejects if the port is taken. */
export async function servePage(folder: string, port: number): Promise<ServedPage> {
  const config = pageConfig();
  const server = await preview({
    ...config,
    base: "/",
    build: { outDir: folder },
    preview: { ...config.preview, port, strictPort: true },
  });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}
