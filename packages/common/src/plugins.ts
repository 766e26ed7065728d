/** @file Finds and imports what users write as code: a threshold, a table. Published as @mvt/common/plugins. */

export { importPlugin, type PluginKind } from "./import-plugin.ts";
export { isPluginPath, pluginFile } from "./plugin-file.ts";
