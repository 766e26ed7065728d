/**
 * @file Table 4: MGN with relabelling among the methods that the paper compares with (section 4.4).
 *
 *     pnpm exp table4                   # synthetic faces, minutes on two cores
 *     pnpm exp table4 --data DIR --weights deit_small.safetensors
 *                                       # the paper: RAF-DB 88.62, FERPlus 89.22
 */
import { table4 } from "@mvt/report/tables/table4";
import { measuredRows, planBest } from "./combinations.ts";
import { tableReport } from "./report-definition.ts";
import type { ReportDefinition } from "./report-definition.ts";

export default {
  async plan(planner, request) {
    const rows = await planBest(planner, request);
    return {
      runs: rows.flatMap(({ runs }) => runs),
      async make({ runsFolder, provenance, select, formats }) {
        const measured = await measuredRows(rows, runsFolder);
        return tableReport("table4", table4.build(measured, provenance, { select }), formats);
      },
    };
  },
} satisfies ReportDefinition;
