import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Packages whose test files share a process: none of them changes what another one sees. Starting one takes a second. */
const sharing = new Set(["common", "core", "datasets", "mgn", "relabel", "report"]);

/** Every app, package and plugin, the examples and the scripts are a project; matchers and tags are declared once, here. */
const projects = [
  ...["apps", "packages", "plugins"].flatMap((folder) =>
    readdirSync(new URL(`./${folder}`, import.meta.url), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({
        test: { name, root: `${folder}/${name}`, isolate: !sharing.has(name) },
      })),
  ),
  ...["examples", "scripts"].map((name) => ({ test: { name, root: name } })),
];

// Tests that load ONNX Runtime directly must not send telemetry either; see SECURITY.md.
process.env["ORT_DISABLE_TELEMETRY"] ||= "1";

export default defineConfig({
  test: {
    globalSetup: [fileURLToPath(new URL("./testing/software-gpu.ts", import.meta.url))],
    setupFiles: [fileURLToPath(new URL("./testing/matchers.ts", import.meta.url))],
    tags: [
      {
        name: "slow",
        description: "Trains something or starts a browser: seconds, not milliseconds.",
        timeout: 120_000,
      },
    ],
    hookTimeout: 60_000, // several files draw faces or train before their first test
    testTimeout: 60_000, // a few train for a second or two, on machines that may be busy
    passWithNoTests: false,
    projects,
  },
});
