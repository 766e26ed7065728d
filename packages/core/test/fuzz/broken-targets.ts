/** @file Parsers that are wrong in every way that fuzzing must find. */
import { setTimeout } from "node:timers/promises";
import { UserError } from "@mvt/common";
import { type FuzzTarget, utf8 } from "@mvt/testing/fuzz";

const seeds = [utf8("a valid input of 32 characters ..")];

/** Whether an input is not the valid one. */
const isDamaged = (input: Uint8Array) => !Buffer.from(input).equals(seeds[0]!);

const broken = (name: string, parse: FuzzTarget["parse"]): FuzzTarget => ({
  name,
  seeds,
  parse: (input) => (isDamaged(input) ? parse(input) : "valid"),
});

let calls = 0;
const kept: Uint8Array[] = [];

export const targets: readonly FuzzTarget[] = [
  broken("throws a TypeError", () => (undefined as never as { readonly length: number }).length),
  broken("never returns", () => {
    for (;;) calls += 1;
  }),
  broken("never resolves", () => setTimeout(600_000)),
  {
    ...broken("takes all memory", () => kept.push(new Uint8Array(2 ** 27).fill(1)) > 0),
    mostBytes: 2 ** 28,
  },
  broken("ends the process", () => process.kill(process.pid, "SIGKILL")),
  broken("remembers", () => (calls += 1)),
  { ...broken("accepts what is damaged", ([first]) => first), checksum: true },
  {
    ...broken("is right", (input) => {
      if (input.length % 2 === 0) throw new UserError("expected an odd length, got an even one");
      return input;
    }),
    share: 200,
  },
  {
    name: "refuses its own seed",
    seeds,
    parse: () => {
      throw new UserError("expected another input, got this one");
    },
  },
];
