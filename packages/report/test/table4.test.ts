import { toCsv, toMarkdown } from "@mvt/report";
import { table4 } from "@mvt/report/tables/table4";
import { describe, expect, test } from "vitest";
import { bestRow, fourSets } from "./fixtures/methods.ts";
import { tablesOf } from "./fixtures/tables-of.ts";

const last = { select: "last" } as const;

describe("Table 4 on real data", () => {
  const rows = [
    bestRow("FERPlus", [2737, 2743], "real"),
    bestRow("RAF-DB", [2719, 2725], "real"),
    bestRow("AffectNet-8", [1884], "real"),
    bestRow("AffectNet-7", [1981], "real"),
  ];
  const table = table4.build(rows, fourSets("real", "paper"), last);

  test("is below the methods of the paper, its own number next to the paper's", () => {
    expect(tablesOf(table)).toMatchInlineSnapshot(`
      "MVT reaches 88.69 % on RAF-DB, 0.07 points above the paper's 88.62 % (one standard error: 0.57 points; 2 seeds), 89.28 % on FERPlus, 0.06 points above the paper's 89.22 % (one standard error: 0.56 points; 2 seeds), 64.54 % on AffectNet-7, 0.03 points below the paper's 64.57 % (95 % interval of these test images: 62.83 to 66.21 %; one seed) and 61.38 % on AffectNet-8, 0.02 points below the paper's 61.40 % (95 % interval of these test images: 59.64 to 63.08 %; one seed).

      | Data set    | Method                                              | Published in                                | Year | Accuracy (%)                      | Paper (%) |
      | :---------- | :-------------------------------------------------- | :------------------------------------------ | ---: | :-------------------------------- | --------: |
      | RAF-DB      | FSN                                                 | Zhao et al., BMVC 2018 \\[38\\]               | 2018 | –                                 |     81.14 |
      | RAF-DB      | gACNN                                               | Li et al., IEEE TIP 2018 \\[26\\]             | 2018 | –                                 |     85.07 |
      | RAF-DB      | RAN                                                 | Wang et al., IEEE TIP 2020 \\[27\\]           | 2020 | –                                 |     86.90 |
      | RAF-DB      | SCN                                                 | Wang et al., CVPR 2020 \\[18\\]               | 2020 | –                                 |     87.03 |
      | RAF-DB      | DSAN-VGG-RACE                                       | Fan et al., IEEE TAC 2020 \\[39\\]            | 2020 | –                                 |     85.37 |
      | RAF-DB      | SPWFA-SE                                            | Li et al., 2020 \\[40\\]                      | 2020 | –                                 |     86.31 |
      | RAF-DB      | CVT                                                 | Ma et al., arXiv:2103.16854 \\[41\\]          | 2021 | –                                 |     88.14 |
      | RAF-DB      | EfficientFace                                       | Zhao et al., AAAI 2021 \\[28\\]               | 2021 | –                                 |     88.36 |
      | RAF-DB      | MVT, this project (m = 15 %, sigmoid, k=10, x0=0.5) | –                                           |    – | 88.69 ± 0.14 (2718, 2724 of 3068) |     88.62 |
      | FERPlus     | ResNet+VGG                                          | Huang, URTC 2017 \\[42\\]                     | 2017 | –                                 |      87.4 |
      | FERPlus     | SHCNN                                               | Miao et al., IEEE Access 2019 \\[43\\]        | 2019 | –                                 |     86.54 |
      | FERPlus     | LDR                                                 | Fan et al., ICIP 2020 \\[44\\]                | 2020 | –                                 |      87.6 |
      | FERPlus     | RAN                                                 | Wang et al., IEEE TIP 2020 \\[27\\]           | 2020 | –                                 |     87.85 |
      | FERPlus     | RAN                                                 | Wang et al., IEEE TIP 2020 \\[27\\]           | 2020 | –                                 |    88.55° |
      | FERPlus     | SCN                                                 | Wang et al., CVPR 2020 \\[18\\]               | 2020 | –                                 |     88.01 |
      | FERPlus     | CVT                                                 | Ma et al., arXiv:2103.16854 \\[41\\]          | 2021 | –                                 |     88.81 |
      | FERPlus     | MVT, this project (m = 20 %, quadratic)             | –                                           |    – | 89.28 ± 0.14 (2736, 2742 of 3068) |     89.22 |
      | AffectNet-7 | IPA2LT                                              | Zeng et al., ECCV 2018 \\[45\\]               | 2018 | –                                 |    55.11† |
      | AffectNet-7 | gACNN                                               | Li et al., IEEE TIP 2018 \\[26\\]             | 2018 | –                                 |    58.78† |
      | AffectNet-7 | SPWFA-SE                                            | Li et al., 2020 \\[40\\]                      | 2020 | –                                 |    59.23† |
      | AffectNet-7 | DDA-Loss                                            | Farzaneh and Qi, CVPR Workshops 2020 \\[46\\] | 2020 | –                                 |  62.34†\\* |
      | AffectNet-7 | EfficientFace                                       | Zhao et al., AAAI 2021 \\[28\\]               | 2021 | –                                 |   63.7†\\* |
      | AffectNet-7 | MVT, this project (m = 15 %, no relabelling)        | –                                           |    – | 64.54 [62.83, 66.21] (1980/3068)  |  64.57†\\* |
      | AffectNet-8 | RAN                                                 | Wang et al., IEEE TIP 2020 \\[27\\]           | 2020 | –                                 |     52.97 |
      | AffectNet-8 | RAN                                                 | Wang et al., IEEE TIP 2020 \\[27\\]           | 2020 | –                                 |    59.5\\* |
      | AffectNet-8 | SCN                                                 | Wang et al., CVPR 2020 \\[18\\]               | 2020 | –                                 |   60.23\\* |
      | AffectNet-8 | CVT                                                 | Ma et al., arXiv:2103.16854 \\[41\\]          | 2021 | –                                 |   61.85\\* |
      | AffectNet-8 | EfficientFace                                       | Zhao et al., AAAI 2021 \\[28\\]               | 2021 | –                                 |   59.89\\* |
      | AffectNet-8 | MVT, this project (m = 15 %, no relabelling)        | –                                           |    – | 61.38 [59.64, 63.08] (1883/3068)  |   61.40\\* |
      "
    `);
  });

  test("says which numbers were measured by whom", () => {
    const markdown = toMarkdown(table);
    expect(markdown).toContain(
      "- Paper: the number printed in Table 4 (section 4.4) of the paper.",
    );
    expect(markdown).toContain("- The numbers of other methods are quoted from the paper");
    expect(markdown).toContain(
      "- In the row of this project, the paper's number is the paper's own result for MVT.",
    );
  });

  test("keeps the paper's footnotes, and explains those that are there", () => {
    const legend = toMarkdown(table);
    expect(legend).toContain("- °: the method aligns faces once more.");
    expect(legend).toContain("- †: on the seven classes of AffectNet-7.");
    expect(legend).toContain(String.raw`- \*: trained with oversampling`);
    const rafDb = toMarkdown(
      table4.build([bestRow("RAF-DB", [2719], "real")], fourSets("real", "paper"), last),
    );
    expect(rafDb).not.toMatch(/^- (°|†|\\\*):/m);
  });

  test("says what accuracy the paper means on AffectNet", () => {
    expect(toMarkdown(table)).toContain("- AffectNet: the paper gives the mean class accuracy.");
  });

  test("has one CSV line per data set, and no number of the paper", () => {
    expect(toCsv(table)).toMatchInlineSnapshot(`
      "dataset,m,f,parameters,seeds,validation_accuracy_mean,validation_accuracy_std,validation_accuracy_k,validation_accuracy_n,validation_accuracy_epoch,last_accuracy_mean,last_accuracy_std,last_accuracy_k,last_accuracy_n,last_accuracy_epoch,best_on_test_accuracy_mean,best_on_test_accuracy_std,best_on_test_accuracy_k,best_on_test_accuracy_n,best_on_test_accuracy_epoch,validation_uar_mean,validation_uar_std,validation_uar_by_seed,data_kind,label_noise,runs
      RAF-DB,0.15,sigmoid,"k=10,x0=0.5",0 1,88.7223,0.1383,2719 2725,3068 3068,4 4,88.6897,0.1383,2718 2724,3068 3068,6 6,88.7875,0.1383,2721 2727,3068 3068,5 5,,,,real,,run-0-2719 run-1-2725
      FERPlus,0.2,quadratic,,0 1,89.3090,0.1383,2737 2743,3068 3068,4 4,89.2764,0.1383,2736 2742,3068 3068,6 6,89.3742,0.1383,2739 2745,3068 3068,5 5,,,,real,,run-0-2737 run-1-2743
      AffectNet-7,0.15,,,0,64.5698,,1981,3068,4,64.5372,,1980,3068,6,64.6349,,1983,3068,5,,,,real,,run-0-1981
      AffectNet-8,0.15,,,0,61.4081,,1884,3068,4,61.3755,,1883,3068,6,61.4733,,1886,3068,5,,,,real,,run-0-1884
      "
    `);
  });

  test("leaves out a data set that was not run, and says so", () => {
    const markdown = toMarkdown(
      table4.build([bestRow("RAF-DB", [2719], "real")], fourSets("real", "paper"), last),
    );
    expect(markdown).not.toContain("| FERPlus");
    expect(markdown).toContain(
      "- The paper's table also has FERPlus, AffectNet-7 and AffectNet-8, which this report leaves out.",
    );
    expect(toMarkdown(table)).not.toContain("The paper's table also has");
  });

  test("lists the paper's own as another method if its m or f differs", () => {
    const other = { ...bestRow("RAF-DB", [2719], "real"), mgn: 0.2 };
    const text = tablesOf(table4.build([other], fourSets("real", "paper"), last));
    expect(text).toMatch(/\| MVT +\| the paper +\| 2021 \| – +\| +88\.62 \|/);
    expect(text).toMatch(/\| MVT, this project \(m = 20 %, sigmoid, .+ \| +– \|\n$/);
  });

  test("says so when the scale is not the paper's", () => {
    expect(toMarkdown(table4.build(rows, fourSets("real", "smoke"), last))).toContain(
      "Scale smoke does not use the paper's model and schedule",
    );
  });
});

describe("Table 4 on synthetic data", () => {
  const rows = [bestRow("RAF-DB", [400, 410]), bestRow("FERPlus", [390, 381])];
  const table = table4.build(rows, fourSets("synthetic"), last);

  test("is alone in its table; what is published is in a table below, as not comparable", () => {
    expect(tablesOf(table)).toMatchInlineSnapshot(`
      "MVT reaches 80.8 % on RAF-DB (one standard error: 1.8 points; 2 seeds) and 76.9 % on FERPlus (one standard error: 1.9 points; 2 seeds).

      | Data set | Method                                              | Accuracy (%)                 |
      | :------- | :-------------------------------------------------- | :--------------------------- |
      | RAF-DB   | MVT, this project (m = 15 %, sigmoid, k=10, x0=0.5) | 80.8 ± 1.4 (399, 409 of 500) |
      | FERPlus  | MVT, this project (m = 20 %, quadratic)             | 76.9 ± 1.3 (389, 380 of 500) |

      ## Published, on real images

      The paper prints these numbers in Table 4. They were measured on photographs and are not comparable with numbers on drawn faces.

      | Data set | Method        | Published in                         | Year | Paper (%) |
      | :------- | :------------ | :----------------------------------- | ---: | --------: |
      | RAF-DB   | FSN           | Zhao et al., BMVC 2018 \\[38\\]        | 2018 |     81.14 |
      | RAF-DB   | gACNN         | Li et al., IEEE TIP 2018 \\[26\\]      | 2018 |     85.07 |
      | RAF-DB   | RAN           | Wang et al., IEEE TIP 2020 \\[27\\]    | 2020 |     86.90 |
      | RAF-DB   | SCN           | Wang et al., CVPR 2020 \\[18\\]        | 2020 |     87.03 |
      | RAF-DB   | DSAN-VGG-RACE | Fan et al., IEEE TAC 2020 \\[39\\]     | 2020 |     85.37 |
      | RAF-DB   | SPWFA-SE      | Li et al., 2020 \\[40\\]               | 2020 |     86.31 |
      | RAF-DB   | CVT           | Ma et al., arXiv:2103.16854 \\[41\\]   | 2021 |     88.14 |
      | RAF-DB   | EfficientFace | Zhao et al., AAAI 2021 \\[28\\]        | 2021 |     88.36 |
      | RAF-DB   | MVT           | the paper                            | 2021 |     88.62 |
      | FERPlus  | ResNet+VGG    | Huang, URTC 2017 \\[42\\]              | 2017 |      87.4 |
      | FERPlus  | SHCNN         | Miao et al., IEEE Access 2019 \\[43\\] | 2019 |     86.54 |
      | FERPlus  | LDR           | Fan et al., ICIP 2020 \\[44\\]         | 2020 |      87.6 |
      | FERPlus  | RAN           | Wang et al., IEEE TIP 2020 \\[27\\]    | 2020 |     87.85 |
      | FERPlus  | RAN           | Wang et al., IEEE TIP 2020 \\[27\\]    | 2020 |    88.55° |
      | FERPlus  | SCN           | Wang et al., CVPR 2020 \\[18\\]        | 2020 |     88.01 |
      | FERPlus  | CVT           | Ma et al., arXiv:2103.16854 \\[41\\]   | 2021 |     88.81 |
      | FERPlus  | MVT           | the paper                            | 2021 |     89.22 |
      "
    `);
  });

  test("never has a synthetic and a real number in one column", () => {
    const [above, below] = tablesOf(table).split("## Published, on real images") as [
      string,
      string,
    ];
    for (const { percent } of table4.paper.results) {
      expect(above).not.toContain(percent.toFixed(2));
    }
    expect(below).not.toContain("of 500");
    expect(toMarkdown(table)).not.toContain("the paper's own result for MVT");
  });

  test("has the CSV columns that it has on real data", () => {
    const header = (csv: string) => csv.split("\n")[0];
    const real = table4.build([bestRow("RAF-DB", [2719], "real")], fourSets("real"), last);
    expect(header(toCsv(table))).toBe(header(toCsv(real)));
    expect(toCsv(table)).not.toMatch(/88\.62|CVT/);
  });
});

describe("Table 4", () => {
  test("refuses a data set that comes twice, without runs, or described as another kind", () => {
    const row = bestRow("RAF-DB", [400]);
    const make = (...rows: Parameters<typeof table4.build>[0]) =>
      table4.build(rows, fourSets("synthetic"), last);
    expect(() => make(row, row)).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table4: expected one row for RAF-DB, got two]`,
    );
    expect(() => make({ ...row, runs: [] })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table4: expected at least one run of MVT on RAF-DB, got none]`,
    );
    expect(() => make({ ...row, kind: "real" })).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table4: expected the provenance to describe RAF-DB as real, got synthetic]`,
    );
    expect(() => make()).toThrowErrorMatchingInlineSnapshot(
      `[RangeError: table4: expected at least one row, got none]`,
    );
  });
});
