/**
 * @file The lint rules. Every rule in force is an error: a warning nobody must act on is noise.
 *
 * Two categories, then what is added to them, then what is taken out, each with its reason.
 */
import { defineConfig } from "oxlint";

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import", "vitest"],
  categories: { correctness: "error", suspicious: "error" },
  rules: {
    "import/no-cycle": "error",
    "typescript/no-floating-promises": "error",
    "typescript/switch-exhaustiveness-check": "error",
    // `typeof import("...")` is the type of a library that is loaded only when it is needed.
    "typescript/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],

    // A helper that asserts is called expectSomething or agrees..., so that it counts here.
    "vitest/expect-expect": ["error", { assertFunctionNames: ["expect*", "agrees*"] }],
    // The second argument is the message of a failure, which vitest allows.
    "vitest/valid-expect": ["error", { maxArgs: 2 }],

    // A table keyed by string literals needs one assertion where it is indexed: Object.keys, a map of
    // rules by operator, typed arrays out of a backend. Reviewed where written; tsc still refuses
    // assertions between unrelated types.
    "typescript/no-unsafe-type-assertion": "off",
    // It does not see that a switch over a union is exhaustive; tsc does (TS2366), and so does
    // switch-exhaustiveness-check.
    "typescript/consistent-return": "off",
    // A helper of one function or one test reads best beside its only use.
    "unicorn/consistent-function-scoping": "off",
    // About windows of a browser; here messages go between worker threads.
    "unicorn/require-post-message-target-origin": "off",
    // `export {}` is the honest index of a package that has no public name yet.
    "unicorn/require-module-specifiers": "off",
  },
});
