/**
 * @file A report's provenance in words, one item per line of a list.
 */
import type { DataDescription, Machine, Provenance } from "./provenance.ts";

export function provenanceList(provenance: Provenance): readonly string[] {
  const { command, commit, dirty, scale, seeds, data, machine, date } = provenance;
  return [
    `Command: \`${command}\``,
    `Commit: ${commit}${dirty ? ", with changes that are not committed" : ""}`,
    `Scale: ${scale}${seedWords(seeds)}`,
    ...data.map(dataLine),
    `Machine: ${machineLine(machine)}`,
    ...(machine.software ? [`Software: ${machine.software.join("; ")}`] : []),
    `Date: ${date}`,
  ];
}

function seedWords(seeds: readonly number[]): string {
  if (seeds.length === 0) return "";
  return `; ${seeds.length === 1 ? "seed" : "seeds"}: ${seeds.join(", ")}`;
}

function dataLine({ title, kind, layout, protocol, counts, labelNoise }: DataDescription): string {
  const images = Object.entries(counts).map(([split, count]) => `${split} ${count}`);
  const noise =
    labelNoise === undefined
      ? ""
      : `; ${(100 * labelNoise).toFixed(1)} % of the training labels wrong on purpose`;
  return `Data: ${title}, ${kind}; layout ${layout}, protocol ${protocol}; images: ${images.join(", ")}${noise}`;
}

function machineLine(machine: Machine): string {
  const { cpu, cores, memory, os, node, backend, engine, features = [] } = machine;
  const gibibytes = (memory / 2 ** 30).toFixed(1);
  const ran = backend === undefined ? "" : `; backend ${backend} (${engine})`;
  const can = features.length === 0 ? "" : ` (${features.join(", ")})`;
  return `${cpu}${can}, ${cores} cores, ${gibibytes} GiB; ${os}; Node ${node}${ran}`;
}
