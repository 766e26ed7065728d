/**
 * @file A real Slurm of this one machine: its daemons, as the current user, in a temporary folder and on ports of their
 * own. It stops all of them and leaves neither a process nor a file.
 */
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  access,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { hostname, tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { accountsConfiguration, slurmConfiguration, socketOf } from "./configuration.ts";
import type { Place } from "./configuration.ts";

/** The programs of a Slurm without accounts: on Debian, those of the package slurm-wlm. */
const programs = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel"];
/** What accounts need besides: on Debian, the packages slurmdbd, mariadb-server-core and mariadb-client-core. */
const accountPrograms = [
  "slurmdbd",
  "sacctmgr",
  "sacct",
  "mariadbd",
  "mariadb-install-db",
  "my_print_defaults",
];

const nodeNames = ["n1", "n2"];

/** Daemons lie where the path of a user may not lead. */
const path = [process.env["PATH"], "/usr/local/sbin", "/usr/sbin", "/sbin"].join(delimiter);

export interface SlurmCluster {
  /** Holds all its files. */
  readonly folder: string;
  /** The environment variables with which Slurm's commands find it. */
  readonly variables: Readonly<Record<"SLURM_CONF", string>>;
  readonly nodes: readonly string[];
  /** Whether it keeps accounts, so that sacct tells of jobs. */
  readonly accounts: boolean;
  /** Runs one of Slurm's commands and returns what it prints. */
  ask(program: string, ...args: readonly string[]): Promise<string>;
  /** Ends all jobs and daemons, and removes the folder. */
  stop(): Promise<void>;
}

/** The programs that a Slurm with or without accounts needs and that are not installed. */
export async function missingPrograms(accounts: boolean): Promise<readonly string[]> {
  const needed = accounts ? [...programs, ...accountPrograms] : programs;
  const found = await Promise.all(needed.map(isInstalled));
  return needed.filter((_, i) => !found[i]);
}

async function isInstalled(program: string): Promise<boolean> {
  const places = path.split(delimiter).map((folder) => access(join(folder, program)));
  return Promise.any(places).then(
    () => true,
    () => false,
  );
}

/** Starts a Slurm with two nodes of two processors. It keeps accounts if what that takes is installed. */
export async function startSlurm(accounts?: boolean): Promise<SlurmCluster> {
  const withAccounts = accounts ?? (await missingPrograms(true)).length === 0;
  const folder = await realpath(await mkdtemp(join(tmpdir(), "mvt-slurm-")));
  const variables = { SLURM_CONF: join(folder, "slurm.conf") };
  const daemons: ChildProcess[] = [];
  const environment = { ...withoutSlurm(process.env), PATH: path, ...variables };
  const ask = async (program: string, ...args: readonly string[]) =>
    (await promisify(execFile)(program, args, { env: environment })).stdout;

  const stop = async () => {
    for (const daemon of daemons.toReversed()) await end(daemon);
    await endLeftOver(variables.SLURM_CONF);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  /** Starts a daemon that stays in the foreground and ends with this process, and waits until it is ready. */
  const start = async (
    [program, ...args]: readonly [string, ...string[]],
    ready: () => Promise<unknown>,
  ) => {
    const log = join(folder, `${[program, ...daemons.keys()].join("-")}.out`);
    const command = ["--pdeathsig", "KILL", "sh", "-c", 'exec "$@" > "$0" 2>&1', log];
    const daemon = spawn("setpriv", [...command, program, ...args], {
      env: environment,
      stdio: "ignore",
      cwd: folder,
    });
    daemons.push(daemon);
    await once(daemon, "spawn");
    await untilReady(daemon, program, log, ready);
  };

  try {
    const place = await placeOf(folder, withAccounts);
    await prepare(place);
    await start(
      ["munged", "--foreground", "--force", "--num-threads=2", ...mungeFiles(folder)],
      () => access(socketOf(folder)),
    );
    if (place.ports.accounts !== undefined) {
      const { database } = place.ports.accounts;
      await start(["mariadbd", ...databaseOptions(folder, place.user, database)], () =>
        access(join(folder, "database.socket")),
      );
      await start(["slurmdbd", "-D"], () => ask("sacctmgr", "--noheader", "show", "cluster"));
      await ask("sacctmgr", "--immediate", "add", "cluster", "mvt");
    }
    await start(["slurmctld", "-D", "-c"], () => ask("scontrol", "ping"));
    for (const name of nodeNames) {
      await start(["slurmd", "-D", "-N", name], async () => {
        const state = await ask("sinfo", "--noheader", "--nodes", name, "--format=%T");
        if (!state.startsWith("idle")) throw new Error(`node ${name} is ${state.trim()}`);
      });
    }
    return {
      folder,
      variables,
      nodes: nodeNames,
      accounts: withAccounts,
      ask,
      stop: () => endJobs(ask).then(stop),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The environment of a process that no Slurm has started. */
function withoutSlurm(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(?:SLURM|SBATCH|SQUEUE|SACCT)_/.test(name)),
  );
}

async function placeOf(folder: string, accounts: boolean): Promise<Place> {
  const free = await freePorts(nodeNames.length + 3);
  const [controller, daemon, database, ...nodes] = free as [number, number, number];
  return {
    folder,
    host: hostname().split(".")[0]!,
    user: userInfo().username,
    ports: {
      controller,
      ...(accounts && { accounts: { daemon, database } }),
      nodes: Object.fromEntries(nodeNames.map((name, i) => [name, nodes[i]!])),
    },
  };
}

/** Ports of 127.0.0.1 on which nobody listens. All are open at once, so that no two are the same. */
async function freePorts(n: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: n }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** Writes what the daemons read. */
async function prepare(place: Place): Promise<void> {
  const { folder, ports, user } = place;
  const secret = { mode: 0o600 };
  for (const name of ["state", ...nodeNames]) await mkdir(join(folder, name));
  await writeFile(join(folder, "munge.key"), randomBytes(1024), secret);
  await writeFile(join(folder, "slurm.conf"), slurmConfiguration(place));
  if (ports.accounts === undefined) return;
  const accounts = accountsConfiguration(place, ports.accounts);
  await writeFile(join(folder, "slurmdbd.conf"), accounts, secret);
  await promisify(execFile)(
    "mariadb-install-db",
    [
      "--no-defaults",
      `--datadir=${join(folder, "database")}`,
      `--user=${user}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
    ],
    { env: { ...process.env, PATH: path } },
  );
}

function mungeFiles(folder: string): readonly string[] {
  const file = (name: string) => join(folder, `munge.${name}`);
  return [
    `--key-file=${file("key")}`,
    `--socket=${socketOf(folder)}`,
    `--pid-file=${file("pid")}`,
    `--log-file=${file("log")}`,
    `--seed-file=${file("seed")}`,
  ];
}

function databaseOptions(folder: string, user: string, port: number): readonly string[] {
  return [
    "--no-defaults",
    `--user=${user}`,
    `--datadir=${join(folder, "database")}`,
    `--socket=${join(folder, "database.socket")}`,
    `--pid-file=${join(folder, "database.pid")}`,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    "--skip-grant-tables", // whoever reaches the port may read the accounts of a test
    "--innodb-buffer-pool-size=16M",
    "--innodb-flush-log-at-trx-commit=0",
  ];
}

/** Waits until `ready` does not throw. Throws if the daemon ends before, or takes a minute. */
async function untilReady(
  daemon: ChildProcess,
  program: string,
  log: string,
  ready: () => Promise<unknown>,
): Promise<void> {
  let problem: unknown;
  for (const since = Date.now(); Date.now() - since < 60_000;) {
    try {
      await ready();
      return;
    } catch (error) {
      problem = error;
    }
    if (daemon.exitCode !== null || daemon.signalCode !== null) break;
    await setTimeout(100);
  }
  const said = await readFile(log, "utf8").catch(() => "");
  throw new Error(`${program} does not get ready: ${String(problem)}\n${said.slice(-2000)}`);
}

/** Cancels all jobs and waits until none is left, for half a minute at most: what then is left is killed. */
async function endJobs(ask: SlurmCluster["ask"]): Promise<void> {
  try {
    for (const since = Date.now(); Date.now() - since < 30_000;) {
      await ask("scancel", "--user", userInfo().username);
      if ((await ask("squeue", "--noheader")) === "") return;
      await setTimeout(200);
    }
  } catch {
    // The controller is gone already: its processes are killed below.
  }
}

/** Asks a daemon to end, and kills it if it has not after five seconds. */
async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const exit = once(daemon, "exit");
  daemon.kill("SIGTERM");
  if ((await Promise.race([exit, setTimeout(5000, "late", { ref: false })])) !== "late") return;
  daemon.kill("SIGKILL");
  await exit;
}

/** Kills the processes that know this Slurm by their environment: jobs, and what Slurm starts for each. */
async function endLeftOver(configuration: string): Promise<void> {
  const mark = `SLURM_CONF=${configuration}`;
  for (const name of await readdir("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (!environment.split("\0").includes(mark)) continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}
