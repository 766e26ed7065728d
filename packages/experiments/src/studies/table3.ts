/**
 * @file Table 3: MGN and dynamic relabelling, each alone and together (section 4.3).
 *
 *     pnpm exp table3                   # synthetic faces, minutes on two cores
 *     pnpm exp table3 --data DIR --weights deit_small.safetensors
 *                                       # the paper: RAF-DB 86.67 / 87.91 / 87.45 / 88.62
 */
import { table3 } from "@mvt/report/tables/table3";
import { measuredRows, planCombinations } from "./combinations.ts";
import { tableReport } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";

export default {
  select: "last", // as Table 2, whose runs it shares
  async plan(planner, request) {
    const rows = await planCombinations(planner, request);
    return {
      runs: rows.flatMap(({ runs }) => runs),
      async make({ runsFolder, provenance, select, formats }) {
        const measured = await measuredRows(rows, runsFolder);
        return tableReport("table3", table3.build(measured, provenance, { select }), formats);
      },
    };
  },
} satisfies ReportDefinition;
