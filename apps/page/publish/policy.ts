/** @file What the page may do: load its own files from where it lies, and nothing else. */

/**
 * The Content-Security-Policy, in the page itself, because whoever serves static files may set no headers.
 * Scripts, style and data come from the page's own origin alone, forms lead nowhere; WebAssembly may be
 * compiled. Workers out of a blob take this policy over (see `src/engine/client.ts`).
 */
export const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * Headers that a server may add: they isolate the page from others, which is what browsers ask for before
 * several threads may share memory, and give the engine's own threads the page's policy.
 */
export const headers = {
  "Content-Security-Policy": policy,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
} as const;
