import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  type ChosenFile,
  chosen,
  filesOf,
  type TinyFolder,
  tinyFolder,
  withEntry,
  withNumber,
  writeTensors,
} from "./support/bad_model.ts";
import { expect, test } from "./support/fixtures.ts";
import { serveTinyModel } from "./support/tiny_model.ts";
import { zipOf } from "./support/zip.mjs";

interface BadModel {
  title: string;
  files: (tiny: TinyFolder) => ChosenFile[];
  /** What the visitor is told: what is at fault … */
  message: RegExp;
  /** … and what to do. */
  remedy: RegExp;
}

const QUERY = "bert.encoder.layer.0.attention.self.query.weight";
const MEBIBYTE = 1 << 20;

/** BERT-tiny with some of its files different, or gone, or with others beside them. */
const but = (tiny: TinyFolder, ...others: ChosenFile[]) => [
  ...filesOf(tiny).filter(({ name }) => !others.some((other) => other.name === name)),
  ...others,
];

const weightsThatSay = (tensors: Record<string, object>) =>
  writeTensors({ header: tensors as never, data: Buffer.alloc(64) });

const MODELS: readonly BadModel[] = [
  {
    title: "weights that are cut short",
    files: (tiny) => filesOf({ ...tiny, weights: tiny.weights.subarray(0, MEBIBYTE) }),
    message: /model\.safetensors/,
    remedy: /Fetch the file again/,
  },
  {
    title: "weights whose header is longer than the file",
    files: (tiny) => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(5_000_000n);
      return but(tiny, chosen("model.safetensors", Buffer.concat([length, Buffer.from("{}")])));
    },
    message: /model\.safetensors.*header/i,
    remedy: /Fetch the file again/,
  },
  {
    title: "weights whose header is no JSON",
    files: (tiny) => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(16n);
      return but(
        tiny,
        chosen("model.safetensors", Buffer.concat([length, Buffer.from("{".repeat(16)), Buffer.alloc(9)])),
      );
    },
    message: /model\.safetensors can't be read/,
    remedy: /Fetch the file again/,
  },
  {
    title: "a weight that lies beyond the file's end",
    files: (tiny) =>
      filesOf({
        ...tiny,
        weights: withEntry(tiny.weights, QUERY, (entry) => ({ ...entry, data_offsets: [9e9, 9e9 + 65_536] })),
      }),
    message: /model\.safetensors/,
    remedy: /Fetch the file again/,
  },
  {
    title: "a weight that isn't a number",
    files: (tiny) => filesOf({ ...tiny, weights: withNumber(tiny.weights, QUERY, Number.NaN) }),
    message: /Weight "bert\.encoder\.layer\.0\.attention\.self\.query\.weight" holds NaN at position 2/,
    remedy: /./,
  },
  {
    title: "weights of another shape than the configuration says",
    files: (tiny) => filesOf({ ...tiny, config: { ...tiny.config, intermediate_size: 256 } }),
    message: /has shape \[512, 128\], expected \[256, 128\]/,
    remedy: /config\.json and model\.safetensors of the same/,
  },
  {
    title: "a weight that is missing from the header",
    files: (tiny) => filesOf({ ...tiny, weights: withEntry(tiny.weights, QUERY, () => null) }),
    message: /lies at bytes \d+ to \d+, but the tensor before it ends at byte \d+/,
    remedy: /./,
  },
  {
    title: "weights of a type that isn't computed with",
    files: (tiny) =>
      filesOf({ ...tiny, weights: withEntry(tiny.weights, QUERY, (entry) => ({ ...entry, dtype: "I32" })) }),
    message: /query\.weight" has type I32/,
    remedy: /./,
  },
  {
    title: "more layers than the file has",
    files: (tiny) => filesOf({ ...tiny, config: { ...tiny.config, num_hidden_layers: 3 } }),
    message: /encoder\.layer\.2\..+ is missing from model\.safetensors/,
    remedy: /config\.json and model\.safetensors of the same/,
  },
  {
    title: "another architecture",
    files: (tiny) =>
      filesOf({ ...tiny, config: { ...tiny.config, model_type: "roberta", architectures: ["RobertaForMaskedLM"] } }),
    message: /config\.json.*"?roberta"?.*"?bert"?/i,
    remedy: /BERT/,
  },
  {
    title: "another activation",
    files: (tiny) => filesOf({ ...tiny, config: { ...tiny.config, hidden_act: "gelu_new" } }),
    message: /config\.json: hidden_act is "gelu_new"; supported is "gelu"/,
    remedy: /BERT/,
  },
  {
    title: "a configuration that is a web page",
    files: (tiny) => but(tiny, chosen("config.json", "<!doctype html><title>404</title><script>alert(1)</script>")),
    message: /config\.json.*can't be read/,
    remedy: /./,
  },
  {
    title: "a configuration that is nested too deeply",
    files: (tiny) => but(tiny, chosen("config.json", "[".repeat(200_000))),
    message: /config\.json.*can't be read/,
    remedy: /./,
  },
  {
    title: "a vocabulary of another size",
    files: (tiny) => but(tiny, chosen("vocab.txt", tiny.vocab.toString().split("\n").slice(0, 20_000).join("\n"))),
    message: /20000 tokens, but the model's vocab_size is 30522/,
    remedy: /tokenizer/,
  },
  {
    title: "a vocabulary without [CLS]",
    files: (tiny) => but(tiny, chosen("vocab.txt", tiny.vocab.toString().replace("[CLS]\n", "[CLASS]\n"))),
    message: /vocab\.txt.*\[CLS\]/,
    remedy: /./,
  },
  {
    title: "a tokenizer that is none",
    files: (tiny) => but(tiny, chosen("tokenizer.json", "{}")),
    message: /tokenizer\.json/,
    remedy: /Use the tokenizer/,
  },
  {
    title: "weights in a format that runs code",
    files: (tiny) => [
      chosen("config.json", tiny.config),
      chosen("pytorch_model.bin", "x"),
      chosen("vocab.txt", tiny.vocab),
    ],
    message: /pytorch_model\.bin/,
    remedy: /safetensors/,
  },
  {
    title: "no model at all",
    files: () => [chosen("README.md", "# A model"), chosen("notes.txt", "none")],
    message: /no model\.safetensors.*README\.md/,
    remedy: /config\.json/,
  },
  {
    title: "a part of the weights that is missing",
    files: (tiny) => [
      chosen("config.json", tiny.config),
      chosen("vocab.txt", tiny.vocab),
      chosen("model.safetensors.index.json", {
        metadata: {},
        weight_map: { [QUERY]: "model-00002-of-00002.safetensors" },
      }),
      chosen("model-00001-of-00002.safetensors", weightsThatSay({})),
    ],
    message: /model-00002-of-00002\.safetensors/,
    remedy: /./,
  },
  {
    title: "a layer of another kind after the encoder",
    files: (tiny) => [
      ...filesOf(tiny),
      chosen("modules.json", [
        { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
        { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
        { idx: 2, name: "2", path: "2_Dense", type: "sentence_transformers.models.Dense" },
      ]),
    ],
    message: /modules\.json.*Dense/,
    remedy: /./,
  },
  {
    title: "a zip that is cut short",
    files: (tiny) => [
      chosen(
        "model.zip",
        zipOf([{ name: "config.json", bytes: Buffer.from(JSON.stringify(tiny.config)) }]).subarray(0, 60),
      ),
    ],
    message: /model\.zip|zip/,
    remedy: /./,
  },
  {
    title: "a zip that is a bomb",
    files: (tiny) => [
      chosen(
        "model.zip",
        zipOf([
          // Two hundred megabytes of spaces are a fifth of one when deflated.
          { name: "config.json", bytes: Buffer.alloc(200 * MEBIBYTE, " "), isDeflated: true, claimedSize: 700 },
          { name: "vocab.txt", bytes: tiny.vocab, isDeflated: true },
        ]),
      ),
    ],
    message: /config\.json/,
    remedy: /./,
  },
  {
    title: "a zip whose files would lie elsewhere",
    files: (tiny) => [
      chosen("model.zip", zipOf([{ name: "../config.json", bytes: Buffer.from(JSON.stringify(tiny.config)) }])),
    ],
    message: /\.\.\/config\.json|config\.json/,
    remedy: /./,
  },
  {
    title: "a head for embeddings of another width",
    files: (tiny) => [
      ...filesOf(tiny),
      chosen(
        "classifier.safetensors",
        writeTensors({
          header: {
            weight: { dtype: "F32", shape: [2, 12], data_offsets: [0, 96] },
            bias: { dtype: "F32", shape: [2], data_offsets: [96, 104] },
          },
          data: Buffer.alloc(104),
        }),
      ),
    ],
    message: /"weight" has shape \[2, 12\], expected \[2, 384\]/,
    remedy: /./,
  },
];

test.beforeEach(async ({ lab, page }) => {
  await serveTinyModel(page);
  await lab.openReady();
});

for (const { title, files, message, remedy } of MODELS) {
  test(`${title}: the page says what is wrong, and goes on with the model it has`, async ({ lab, page }) => {
    await lab.chooseModelFiles(files(await tinyFolder()));
    const error = lab.errorIn(lab.model);
    await expect(error.locator(".notice-message")).toHaveText(message);
    await expect(error.locator("p").nth(1)).toHaveText(remedy);
    await expect(page.getByTestId("error")).toHaveCount(1);
    await lab.expectStillWorking();
    await expect(page.locator("script[src=x], img, b")).toHaveCount(0);
  });
}

test("a configuration of 200 MB: the page says so, and goes on with the model it has", async ({ lab, page }) => {
  const folder = await mkdtemp(path.join(tmpdir(), "bad-model-"));
  try {
    const file = path.join(folder, "config.json");
    await writeFile(file, Buffer.alloc(200 * MEBIBYTE, " "));
    const others = filesOf(await tinyFolder()).filter(({ name }) => name !== "config.json");
    const paths = others.map(async ({ name, buffer }) => {
      const target = path.join(folder, name);
      await writeFile(target, buffer);
      return target;
    });
    await lab.chooseModelFiles([file, ...(await Promise.all(paths))]);
    await expect(lab.errorIn(lab.model).locator(".notice-message")).toHaveText(/config\.json.*209,?715,?200 bytes/);
    await lab.expectStillWorking();
    await expect(page.getByTestId("error")).toHaveCount(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("one bad model after another, and then a good one", async ({ lab }) => {
  const tiny = await tinyFolder();
  for (const { files } of MODELS.slice(0, 5)) {
    await lab.chooseModelFiles(files(tiny));
    await expect(lab.errorIn(lab.model)).toHaveCount(1);
  }
  const name = `tiny-${randomUUID()}`;
  await lab.chooseModelFiles([
    chosen(`${name}.zip`, zipOf(filesOf(tiny).map(({ name, buffer }) => ({ name, bytes: buffer })))),
  ]);
  await expect(lab.model.getByTestId("model-status")).toContainText(name);
  await expect(lab.errorIn(lab.model)).toHaveCount(0);
  await lab.expectStillWorking();
});
