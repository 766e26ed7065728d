/** @file The program of a competitor that runs in Node: it does the task in its one argument. See `protocol.ts`. */
import { createInterface } from "node:readline";
import { UserError } from "@mvt/common";
import { request } from "./protocol.ts";
import { openTask } from "./task.ts";
import type { Task } from "./task.ts";

const say = (line: unknown) => void process.stdout.write(`${JSON.stringify(line)}\n`);

try {
  const opened = await openTask(JSON.parse(process.argv[2]!) as Task);
  say(opened.ready);
  for await (const line of createInterface({ input: process.stdin })) {
    say(await opened.time(request.parse(JSON.parse(line)).steps));
  }
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  say({ error: error.message });
}
// Threads of an engine would keep the process alive.
process.exit();
