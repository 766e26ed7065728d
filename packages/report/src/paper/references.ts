/**
 * @file The methods that the paper compares with: where each was published, by number in its bibliography.
 */

export const references = {
  18: "Wang et al., CVPR 2020",
  26: "Li et al., IEEE TIP 2018",
  27: "Wang et al., IEEE TIP 2020",
  28: "Zhao et al., AAAI 2021",
  38: "Zhao et al., BMVC 2018",
  39: "Fan et al., IEEE TAC 2020",
  40: "Li et al., 2020", // printed without journal or year
  41: "Ma et al., arXiv:2103.16854",
  42: "Huang, URTC 2017",
  43: "Miao et al., IEEE Access 2019",
  44: "Fan et al., ICIP 2020",
  45: "Zeng et al., ECCV 2018",
  46: "Farzaneh and Qi, CVPR Workshops 2020",
} as const;

/** A number of the paper's bibliography. */
export type Reference = keyof typeof references;
