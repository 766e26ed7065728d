/** @file `pnpm exp completion`: a script that completes commands, options and run ids in a shell. */
import { resolve } from "node:path";
import { defineCommand } from "../command.ts";
import type { Command, CommandModule } from "../command.ts";
import { describeCommands } from "../completion/describe-commands.ts";
import { completionScripts, shells } from "../completion/scripts.ts";

/** The command that completes `commands`. The script defines `exp` where there is no such command. */
export function completionCommand(commands: readonly Command[]): CommandModule {
  return defineCommand({
    options: {},
    positionals: { shell: { choices: shells, demandOption: true, describe: "the shell" } },
    examples: [
      ["completion bash > ~/.exp-completion", "a script to source in ~/.bashrc"],
      ["completion fish > ~/.config/fish/conf.d/exp.fish", "the same for fish"],
    ],
    async run({ shell }) {
      const groups = await describeCommands(commands);
      const start = [process.execPath, resolve(process.argv[1]!)];
      process.stdout.write(completionScripts[shell](groups, start));
    },
  });
}
