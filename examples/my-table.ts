import { defineTable } from "@mvt/experiments";

export default defineTable({
  name: "my-table",
  about: "Accuracy by learning rate, with and without relabelling by a function of one's own",
  rows: [
    { name: "as it is" },
    { name: "a lower rate", set: { "schedule.learningRate": 5e-4 } },
    { name: "a higher rate", set: { "schedule.learningRate": 3e-3 } },
    { name: "relabelled", threshold: "./my-threshold.ts:exponent=1.2", delta: 0.1 },
  ],
  columns: {
    last_loss: {
      title: "Loss",
      about: "Loss: its mean over the training images in the last epoch.",
      value: ({ epochs }) => epochs.at(-1)?.loss,
    },
    changed: {
      title: "Labels changed (%)",
      about: "Labels changed: the share of the training labels that relabelling replaced.",
      unit: "percent",
      value: ({ result: { relabel }, epochs }) => relabel && relabel.changed / epochs[0]!.train.n,
    },
  },
});
