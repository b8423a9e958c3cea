import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type ChosenFile, chosen, filesOf, type TinyFolder, tinyFolder } from "./support/bad_model.ts";
import { expect, test } from "./support/fixtures.ts";
import { serveTinyModel } from "./support/tiny_model.ts";
import { zipOf } from "./support/zip.mjs";

interface BadModel {
  title: string;
  /** The files, or the paths of files that are too large to be handed over. */
  files: (tiny: TinyFolder) => ChosenFile[] | Promise<string[]>;
  /** What the visitor is told: what is at fault … */
  message: RegExp;
  /** … and what to do. */
  remedy: RegExp;
}

const MEBIBYTE = 1 << 20;

// What can be wrong with a model, and what is said of it, is tested natively: crate/sbert/tests/folders, by
// faulty_folders.rs and zipped_folders.rs. Here one of each way that a fault takes through the page.
const MODELS: readonly BadModel[] = [
  {
    title: "weights that are cut short",
    files: (tiny) => filesOf({ ...tiny, weights: tiny.weights.subarray(0, MEBIBYTE) }),
    message: /model\.safetensors can't be read/,
    remedy: /Fetch the file again/,
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
    title: "a configuration of 200 MB",
    files: withLargeConfig,
    message: /config\.json.*209,?715,?200 bytes/,
    remedy: /./,
  },
  {
    title: "a configuration that is a web page",
    files: (tiny) => [
      ...filesOf(tiny).filter(({ name }) => name !== "config.json"),
      chosen("config.json", "<!doctype html><title>404</title><script src=x>alert(1)</script><img src=x><b>bold</b>"),
    ],
    message: /config\.json.*can't be read/,
    remedy: /./,
  },
];

/** Holds what is too large to be handed over. */
let folder: string;

test.beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "bad-model-"));
});

test.afterEach(async () => {
  await rm(folder, { recursive: true });
});

test("one bad model after another, and then a good one: the page says what is wrong, and goes on with the model it has", async ({
  lab,
  page,
}) => {
  await serveTinyModel(page);
  await lab.openReady();
  const tiny = await tinyFolder();
  for (const { title, files, message, remedy } of MODELS) {
    await test.step(title, async () => {
      await lab.chooseModelFiles(await files(tiny));
      await lab.expectError(lab.model, message, remedy);
      await lab.expectStillWorking();
      await expect(page.locator("script[src=x], img, b")).toHaveCount(0);
    });
  }

  await test.step("a good one", async () => {
    const name = `tiny-${randomUUID()}`;
    await lab.chooseModelFiles([
      chosen(`${name}.zip`, zipOf(filesOf(tiny).map(({ name, buffer }) => ({ name, bytes: buffer })))),
    ]);
    await expect(lab.modelStatus).toContainText(name);
    await expect(lab.errorIn(lab.model)).toHaveCount(0);
    await lab.expectStillWorking();
  });
});

function withLargeConfig(tiny: TinyFolder): Promise<string[]> {
  const files = filesOf(tiny).map(({ name, buffer }) => ({
    target: path.join(folder, name),
    bytes: name === "config.json" ? Buffer.alloc(200 * MEBIBYTE, " ") : buffer,
  }));
  return Promise.all(
    files.map(async ({ target, bytes }) => {
      await writeFile(target, bytes);
      return target;
    }),
  );
}
