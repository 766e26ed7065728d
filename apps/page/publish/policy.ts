/** @file What the page may do: load files from its own origin, and nothing else. */

/**
 * The Content-Security-Policy. It is in the page itself, because a server of static files may set no headers.
 * Scripts, styles and data come from the page's own origin alone, and forms cannot be sent; WebAssembly may be
 * compiled. Workers from a blob inherit this policy (see `src/engine/client.ts`).
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
 * Headers that a server may add. They isolate the page from others, which browsers require before several threads
 * may share memory, and they give the runtime's own threads the page's policy.
 */
export const headers = {
  "Content-Security-Policy": policy,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
} as const;
