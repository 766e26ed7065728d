/** @file The configuration files of a Slurm on this one machine. */
import { join } from "node:path";

/** Where the daemons listen, on 127.0.0.1. */
export interface Ports {
  readonly controller: number;
  /** Of slurmdbd, and of its database; absent where Slurm keeps no accounts. */
  readonly accounts?: { readonly daemon: number; readonly database: number };
  /** By the name of the node. */
  readonly nodes: Readonly<Record<string, number>>;
}

export interface Place {
  readonly folder: string;
  /** The first part of the machine's name, as Slurm asks for it. */
  readonly host: string;
  /** Who starts the daemons and submits the jobs. */
  readonly user: string;
  readonly ports: Ports;
}

/** The partitions: a job in the second takes the nodes of jobs in the first, which are then requeued. */
export const partitions = ["low", "high"] as const;

export const socketOf = (folder: string) => join(folder, "munge.socket");

/** slurm.conf. Its times are short, so that tests take seconds. */
export function slurmConfiguration({ folder, host, user, ports }: Place): string {
  const nodes = Object.entries(ports.nodes);
  const [low, high] = partitions;
  return lines([
    "ClusterName=mvt",
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${ports.controller}`,
    `SlurmUser=${user}`,
    `SlurmdUser=${user}`,
    "AuthType=auth/munge",
    // A job that is requeued waits for as long as its old credential is valid: 120 s by default, 5 s at least.
    `AuthInfo=socket=${socketOf(folder)},cred_expire=5`,
    `StateSaveLocation=${join(folder, "state")}`,
    `SlurmdSpoolDir=${join(folder, "%n")}`,
    `SlurmctldPidFile=${join(folder, "slurmctld.pid")}`,
    `SlurmdPidFile=${join(folder, "%n.pid")}`,
    `SlurmctldLogFile=${join(folder, "slurmctld.log")}`,
    `SlurmdLogFile=${join(folder, "%n.log")}`,
    // No control groups: these need more rights than a container has.
    "ProctrackType=proctrack/linuxproc",
    "TaskPlugin=task/none",
    "JobAcctGatherType=jobacct_gather/none",
    "MpiDefault=none",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_CPU",
    "SchedulerType=sched/backfill",
    "SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1,batch_sched_delay=0",
    "PreemptType=preempt/partition_prio",
    "PreemptMode=REQUEUE",
    "JobRequeue=1",
    "KillWait=10",
    "MinJobAge=600",
    "ReturnToService=2",
    ...(ports.accounts === undefined
      ? ["AccountingStorageType=accounting_storage/none"]
      : [
          "AccountingStorageType=accounting_storage/slurmdbd",
          "AccountingStorageHost=127.0.0.1",
          `AccountingStoragePort=${ports.accounts.daemon}`,
          `AccountingStoragePass=${socketOf(folder)}`, // of munge: it takes no password
        ]),
    // The nodes say of themselves what the file says, not what the machine has.
    "SlurmdParameters=config_overrides",
    ...nodes.map(
      ([name, port]) =>
        `NodeName=${name} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port} CPUs=2 RealMemory=4096`,
    ),
    `PartitionName=${low} Nodes=ALL Default=YES PriorityTier=1 GraceTime=0`,
    `PartitionName=${high} Nodes=ALL PriorityTier=10 PreemptMode=OFF`,
  ]);
}

/** slurmdbd.conf, of the daemon that keeps accounts. */
export function accountsConfiguration(
  { folder, user }: Place,
  { daemon, database }: NonNullable<Ports["accounts"]>,
): string {
  return lines([
    "AuthType=auth/munge",
    `AuthInfo=socket=${socketOf(folder)}`,
    "DbdHost=localhost",
    "DbdAddr=127.0.0.1",
    `DbdPort=${daemon}`,
    `SlurmUser=${user}`,
    `LogFile=${join(folder, "slurmdbd.log")}`,
    `PidFile=${join(folder, "slurmdbd.pid")}`,
    "StorageType=accounting_storage/mysql",
    "StorageHost=127.0.0.1",
    `StoragePort=${database}`,
    "StorageUser=slurm",
    "StorageLoc=slurm",
  ]);
}

const lines = (all: readonly string[]) => `${all.join("\n")}\n`;
