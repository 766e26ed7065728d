/** @file What a task of Slurm does, as text for its shell. */
import { quoteWords } from "./shell-words.ts";

/** The text that runs `command` as a task, whose exit code is that of the command. It is the last of a script. */
export function taskBody(command: readonly string[]): string {
  return `exec ${quoteWords(command)}\n`;
}
