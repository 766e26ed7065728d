/** @file `--weights` and `pnpm exp weights`: what is refused and why, and what is said of what is taken. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deit, encodeSafetensors } from "@mvt/core";
import { runId } from "@mvt/experiments";
import { describe, expect, test } from "vitest";
import { describeWeights } from "../src/cli/describe-weights.ts";
import type { ClassifierConfig } from "../src/settings/run-config.ts";
import { readPretrainedFile } from "../src/pretrained/weights-file.ts";
import { runCommand } from "@mvt/testing/command-line";
import { temporaryFolder } from "@mvt/testing/folder";
import { file, refuses } from "@mvt/testing/mistakes";
import { nanoWeights } from "./fixtures/nano-weights.ts";
import { tinyData } from "./fixtures/noise-data.ts";
import { tinyConfig } from "./fixtures/run-config.ts";
import { trainTask } from "./fixtures/train.ts";

const zeros = (...shape: number[]) => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

/** Files that PyTorch and ONNX wrote, of another package's tests. */
const golden = (name: string) =>
  readFileSync(new URL(`../../core/test/golden/weights/${name}`, import.meta.url));

const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

describe("--weights refuses", () => {
  const args = "train --scale smoke --weights deit.pth";
  const put = (content: string | Uint8Array) => file("deit.pth", content);
  const goldenFile = (name: string) => put(golden(name));
  const changed = (changes: Parameters<typeof nanoWeights>[0]) =>
    put(encodeSafetensors(nanoWeights(changes)));
  const copyAgain = "Pass an intact file, for example by copying it again.";
  const saveAlone =
    'Save the weights alone, in PyTorch: torch.save({"model": model.state_dict()}, "weights.pth"). Where you do not know who made the file, do not open it in PyTorch either.';
  const what = "--weights DIR/deit.pth: expected";
  const header = new Uint8Array(16).fill(0x7b);
  new DataView(header.buffer).setBigUint64(0, 2n ** 60n, true);
  const aNumberThatIsNone = zeros(64);
  aNumberThatIsNone.data[3] = NaN;

  refuses(
    [
      {
        what: "a pickle that calls os.system, which is not run",
        given: goldenFile("malicious.pth"),
        stderr: `a checkpoint of tensors only, got one that names posix.system; nothing of it was run. ${saveAlone}`,
      },
      {
        what: "the same in the older format",
        given: goldenFile("malicious-legacy.pth"),
        stderr: `a checkpoint of tensors only, got one that names posix.system; nothing of it was run. ${saveAlone}`,
      },
      {
        what: "half a zip archive",
        given: put(golden("zip.pth").subarray(0, 8000)),
        stderr: `a whole zip archive, got a damaged one (End of central directory record signature not found. Either not a zip file, or file is truncated). ${copyAgain}`,
      },
      {
        what: "a zip bomb",
        given: goldenFile("bomb.pth"),
        stderr:
          "zip/data/0 to be stored as it is, as torch.save does, got it compressed or encrypted, of 16777216 bytes. Save it again with torch.save; a checkpoint that was zipped once more must be unzipped first.",
      },
      {
        what: "a safetensors header that claims 2^60 bytes",
        given: put(header),
        stderr: `a header of at most 8 bytes, got one that claims 1152921504606846976 bytes. ${copyAgain}`,
      },
      {
        what: "an ONNX model without named initialisers",
        given: goldenFile("anonymous.onnx"),
        stderr:
          "initialisers with the names of parameters, got 32 without names. Export so that parameters keep their names: torch.onnx.export(..., dynamo=True, optimize=False), or dynamo=False with do_constant_folding=False.",
      },
      {
        what: "a web page",
        given: put("<!DOCTYPE html>\n<title>Not found</title>\n"),
        stderr:
          "a file of weights, got a web page. The link led to a page instead of the file: download the file itself, for example with `curl -L`.",
      },
      {
        what: "an empty file",
        given: put(""),
        stderr: "a file of weights, got an empty file. Download or copy it again.",
      },
      {
        what: "a Git LFS pointer",
        given: put("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 88000000\n"),
        stderr:
          "a file of weights, got a Git LFS pointer to one. Fetch what it points to with `git lfs pull`.",
      },
      {
        what: "weights of another width",
        given: goldenFile("zip.pth"),
        stderr:
          "cls_token of shape [1, 1, 64], got cls_token of shape [1, 1, 8], float32. Use weights of a DeiT of the same width, depth and patch size.",
      },
      {
        what: "weights that are no numbers",
        given: changed({ "norm.bias": aNumberThatIsNone }),
        stderr:
          "finite numbers in norm.bias, got NaN at element 3. The file was damaged, or the training that made it diverged; use another one.",
      },
      {
        what: "a network with parameters that this one does not have",
        given: changed({ "blocks.0.attn.q_norm.weight": zeros(64) }),
        stderr:
          "no more than the parameters of a DeiT of this depth, got also blocks.0.attn.q_norm.weight. Without them the network would compute something else; use weights of a DeiT of the same size.",
      },
      {
        what: "a network of another backbone, and says which",
        given: changed({ "blocks.0.ls1.gamma": zeros(64) }),
        stderr:
          "no more than the parameters of a DeiT of this depth, got also blocks.0.ls1.gamma. The file holds a DINOv2: choose that network with --backbone dinov2, or use weights of a DeiT.",
      },
    ].map(({ stderr, ...mistake }) => ({
      ...mistake,
      args,
      exitCode: 1,
      stderr: `${what} ${stderr}`,
    })),
  );
});

describe("the official file's name", () => {
  const path = "deit_small_patch16_224-cd65a155.pth";
  refuses([
    {
      what: "is a promise that the checksum must keep",
      given: file(path, golden("zip.pth")),
      args: `train --scale smoke --weights ${path}`,
      exitCode: 1,
      stderr: `--weights DIR/${path}: expected the official file, whose SHA-256 begins with cd65a155, got one with ${sha256(golden("zip.pth"))}. Remove it and fetch it again with \`pnpm exp weights fetch\`, or give your own file another name.`,
    },
  ]);
});

describe("weights fetch", () => {
  const url = "https://dl.fbaipublicfiles.com/deit/deit_small_patch16_224-cd65a155.pth";

  // Nothing listens at this proxy: as if there were no network.
  test.concurrent("says without a network where to put the file by hand, and leaves nothing behind", async ({
    expect: expectHere,
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    const offline = { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: "http://127.0.0.1:9", NO_PROXY: "" };
    const { exitCode, stdout, stderr } = await runCommand(["weights", "fetch"], folder, offline);
    const path = "DIR/data/weights/deit_small_patch16_224-cd65a155.pth";
    expectHere({ exitCode, stdout, stderr: stderr.replaceAll(folder, "DIR") }).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `downloading ${url}\nerror: ${url}: expected an answer, but the download failed (ECONNREFUSED). Download that address elsewhere, put the file at ${path}, and check it with \`pnpm exp weights show ${path}\`. Behind a proxy set HTTPS_PROXY and NODE_USE_ENV_PROXY=1.\n`,
    });
  });

  refuses([
    {
      what: "does not overwrite another file",
      given: file("mine.pth", "mine"),
      args: "weights fetch --out mine.pth",
      exitCode: 1,
      stderr: `weights fetch: expected nothing at DIR/mine.pth, or the official file, whose SHA-256 begins with cd65a155; found a file with ${sha256("mine")}. Move it away, or choose another place with --out.`,
    },
    {
      what: "takes no file",
      args: "weights fetch deit.pth",
      exitCode: 2,
      stderr:
        "weights fetch deit.pth: expected no file, since there is one to fetch. Name the place with --out.",
    },
  ]);
});

describe("weights show", () => {
  test.concurrent("prints every array, what becomes of it, and whether the file is of use", async ({
    expect: expectHere,
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    const weights = nanoWeights({ dist_token: zeros(1, 1, 64), pos_embed: zeros(1, 11, 64) });
    await file("deit.safetensors", encodeSafetensors(weights))(folder);
    const answer = await runCommand(
      ["weights", "show", "deit.safetensors", "--scale", "smoke"],
      folder,
    );
    const lines = answer.stdout.split("\n");
    expectHere({ ...answer, stdout: lines.length }).toEqual({
      exitCode: 0,
      stdout: weights.size + 5,
      stderr: "",
    });
    expectHere(lines.slice(1, 4).concat(lines.slice(-6))).toMatchInlineSnapshot(`
      [
        "distilled DeiT nano (width 64, 4 blocks, patches of 8 x 8, 1000 classes)",
        "  cls_token                  float32     [1, 1, 64]          loaded",
        "  pos_embed                  float32     [1, 11, 64]         loaded",
        "  head.weight                float32     [1000, 64]          skipped: the head of 1000 classes, which a new one replaces",
        "  head.bias                  float32     [1000]              skipped: the head of 1000 classes, which a new one replaces",
        "  dist_token                 float32     [1, 1, 64]          skipped: distillation, which this network does not have",
        "position embeddings resampled from 3 x 3 to 6 x 6 patches, bicubic",
        "usable as --weights at scale smoke: 54 parameters are loaded, head.weight and head.bias start anew",
        "",
      ]
    `);
  });

  refuses([
    {
      what: "asks for a file",
      args: "weights show",
      exitCode: 2,
      stderr: "weights show: expected a file, got none. Name one.",
    },
    {
      what: "says of a file that is not there that it is not",
      args: "weights show deit.pth",
      exitCode: 1,
      stderr:
        "DIR/deit.pth: expected a file, found none that can be read (ENOENT). Check the path.",
    },
  ]);
});

describe("pre-trained weights", () => {
  test("are reported in a few lines, with everything that was not loaded", async ({
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    const bytes = encodeSafetensors(nanoWeights({ "pooler.dense.bias": zeros(64) }));
    await file("deit.safetensors", bytes)(folder);
    const path = join(folder, "deit.safetensors");
    const pretrained = await readPretrainedFile(path, { ...deit.variants.nano, imageSize: 80 });
    expect(pretrained.sha256).toBe(sha256(bytes));
    expect(pretrained.report.resampled).toEqual({ from: 6, to: 10 });
    expect(describeWeights(pretrained).join("\n")).toMatchInlineSnapshot(`
      "weights deit.safetensors: DeiT nano (width 64, 4 blocks, patches of 8 x 8, 1000 classes), safetensors, timm's names, SHA-256 9e08a7b66efb
        loaded 54 parameters; new from the seed: head.weight, head.bias
        skipped head.weight, head.bias: the head of 1000 classes, which a new one replaces
        skipped pooler.dense.bias: a pooler, which DeiT's head does not go through
        position embeddings resampled from 6 x 6 to 10 x 10 patches, bicubic"
    `);
  });

  test("are refused when the file was replaced after the run was planned", async ({
    onTestFinished,
  }) => {
    const folder = await temporaryFolder(onTestFinished);
    const path = join(folder, "deit.safetensors");
    await file("deit.safetensors", encodeSafetensors(nanoWeights()))(folder);
    const config: ClassifierConfig = {
      ...tinyConfig,
      model: { ...deit.variants.nano, classes: 7 },
      pretrained: { sha256: sha256("the file that was there") },
    };
    const failure = await trainTask({
      id: runId(config),
      title: "a run",
      config,
      pretrainedFile: path,
      runsFolder: join(folder, "runs"),
      data: tinyData({ imageSize: 48 }),
    });
    expect(failure).toEqual({
      reason: `--weights ${path}: expected the file that the run was planned with, found one with other content. Do not replace it while runs train; repeat the command.`,
    });
  });
});
