/** @file stdout and stderr that nobody reads any more, or that cannot be written. */
import { systemCodeOf, systemRefusals } from "@mvt/common/files";

interface Stream {
  on(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/**
 * Lets the program go on where its output is lost: training must not end because a log's disk is full or its reader has
 * gone. A reader that has seen enough, such as `head`, is no error. Results that could not be written are one.
 *
 * @param lost is called with the reason if results could not be written to stdout
 */
export function outliveOutput(
  stdout: Stream,
  stderr: Stream,
  lost: (reason: string) => void,
): void {
  const closed = new Set(["EPIPE", "ERR_STREAM_DESTROYED", "ECONNRESET"]);
  stdout.on("error", (error) => {
    const code = systemCodeOf(error) ?? "";
    if (closed.has(code)) return;
    const meaning = code in systemRefusals ? systemRefusals[code as "EIO"].meaning : error.message;
    lost(`stdout: ${meaning} (${code}). The results are not complete there.`);
  });
  stderr.on("error", () => {}); // nobody is left to tell
}
