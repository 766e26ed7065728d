/** @file Every table and figure that real data allow, in the paper's order. */
import figure2 from "./figure2.ts";
import figure5 from "./figure5.ts";
import figure6 from "./figure6.ts";
import type { ReportDefinition } from "./report-definition.ts";
import table1 from "./table1.ts";
import table2 from "./table2.ts";
import table3 from "./table3.ts";
import table4 from "./table4.ts";
import table5 from "./table5.ts";

export const reports: readonly ReportDefinition[] = [
  table1,
  table2,
  table3,
  table4,
  table5,
  figure2,
  figure5,
  figure6,
];
