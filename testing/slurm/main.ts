/**
 * @file A shell, or another command, with a real Slurm of this machine, which ends with it:
 *
 *     pnpm slurm                                      # a shell; `exit` stops Slurm
 *     pnpm slurm pnpm exp table2 --launcher slurm
 *     pnpm slurm --no-accounts sinfo
 *
 * On Debian: apt-get install slurm-wlm; for accounts, which sacct tells of, also slurmdbd, mariadb-server-core and
 * mariadb-client-core.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { missingPrograms, startSlurm } from "./cluster.ts";

const [first, ...rest] = process.argv.slice(2);
const without = first === "--no-accounts";
const command = without ? rest : [first, ...rest].filter((word) => word !== undefined);
const [program = process.env["SHELL"] ?? "sh", ...args] = command;

const missing = await missingPrograms(false);
if (missing.length > 0) {
  process.stderr.write(
    `error: Slurm is not installed: there is no ${missing.join(", ")}. On Debian: apt-get install slurm-wlm\n`,
  );
  process.exit(1);
}
const slurm = await startSlurm(without ? false : undefined);
process.stderr.write(
  `Slurm with nodes ${slurm.nodes.join(" and ")}, ${slurm.accounts ? "with" : "without"} accounts; SLURM_CONF=${slurm.variables.SLURM_CONF}\n`,
);
// Signals of a terminal reach the command as well, which decides whether it ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
try {
  const child = spawn(program, args, {
    stdio: "inherit",
    env: { ...process.env, ...slurm.variables },
  });
  const [code] = (await once(child, "close")) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  await slurm.stop();
}
