/** @file A process of the benchmark: does the task that its one argument describes. See `protocol.ts`. */
import { createInterface } from "node:readline";
import { isMendable } from "../errors.ts";
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
  if (!isMendable(error)) throw error;
  say({ error: error.message });
}
// Threads that wait for work would keep the process.
process.exit();
