import { defineThreshold } from "@mvt/relabel";

export default defineThreshold({
  name: "power",
  about: "f(p) = scale * p^exponent",
  source: "between linear (1) and quadratic (2)",
  parameters: {
    exponent: { default: 1.5, about: "how late it rises", min: 0 },
    scale: { default: 1, about: "f at P_gt = 1", min: 0 },
  },
  f: (pGt, { exponent, scale }) => scale * pGt ** exponent,
});
