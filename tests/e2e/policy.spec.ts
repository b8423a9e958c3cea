import { readFile } from "node:fs/promises";
import { expect, test } from "./support/fixtures.ts";
import { BASE_URL, HUB_ORIGIN, ORIGIN } from "./support/site.mjs";
import { serveTinyModel } from "./support/tiny_model.ts";

/** What dist/_headers says for every file, with the hub of the tests. */
async function headers(): Promise<Map<string, string>> {
  const text = await readFile(new URL("../../dist/_headers", import.meta.url), "utf8");
  const lines = text.replace(/(connect-src 'self') [^;]*/, `$1 ${HUB_ORIGIN}`).matchAll(/^ {2}([\w-]+): (.+)$/gm);
  return new Map([...lines].map(([, name = "", value = ""]) => [name.toLowerCase(), value]));
}

test("every file is served with the headers of the build, whose policy is that of the page", async ({ request }) => {
  const expected = await headers();
  expect(expected.size).toBeGreaterThan(5);
  const paths = [
    "",
    "index.html",
    "main.js",
    "worker_loader.js",
    "worker_bg.wasm",
    "service_worker.js",
    "data/demo-pairs.tsv",
    "models/index.json",
    "models/all-MiniLM-L6-v2/config.json",
  ];
  for (const path of paths) {
    const sent = (await request.get(path)).headers();
    for (const [name, value] of expected) expect(sent[name], `${name} of ${path}`).toBe(value);
  }
  const html = await (await request.get("")).text();
  const meta = html.match(/http-equiv="Content-Security-Policy"\s+content="([^"]+)"/)?.[1] ?? "";
  const ofPage = meta.split("; ").filter((directive) => !directive.includes("trusted-types"));
  expect([...ofPage, "frame-ancestors 'none'"].join("; ")).toBe(expected.get("content-security-policy"));
});

test("the policy binds the worker, refuses to be framed, and lets no string become HTML or start a script", async ({
  lab,
  page,
  watch,
}) => {
  watch.expected.push(/Content Security Policy|Trusted Type/, /TrustedHTML|TrustedScriptURL/);
  await serveTinyModel(page);
  await lab.openReady();

  await test.step("the worker reaches no other origin", async () => {
    const [worker] = page.workers();
    // The same machine by another name is another origin. What the policy refuses is told; what the network refuses isn't.
    const elsewhere = ORIGIN.replace("127.0.0.1", "localhost");
    const refusedBy = await worker?.evaluate(async (url) => {
      const told = new Promise<string>((resolve) => {
        addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective), { once: true });
        setTimeout(() => resolve("nothing"), 2_000);
      });
      await fetch(url).catch(() => {});
      return told;
    }, elsewhere);
    expect(refusedBy).toBe("connect-src");
  });

  await test.step("a string is no HTML and no script", async () => {
    const outcomes = await page.evaluate(() => {
      const nameOf = (work: () => unknown) => {
        try {
          work();
          return "allowed";
        } catch (error) {
          return error instanceof Error ? error.name : "thrown";
        }
      };
      return [
        nameOf(() => {
          document.createElement("div").innerHTML = "<b>bold</b>";
        }),
        nameOf(() => new Worker("worker_loader.js")),
        nameOf(() => Object.assign(document.createElement("script"), { src: "main.js" })),
      ];
    });
    expect(outcomes).toEqual(["TypeError", "TypeError", "TypeError"]);
  });

  await test.step("the page still works", () => lab.expectStillWorking());

  await test.step("another page can't show it in a frame", async () => {
    await page.route("**/embeds.html", (route) =>
      route.fulfill({ contentType: "text/html", body: `<iframe src="${BASE_URL}"></iframe>` }),
    );
    const refused = page.waitForEvent("console", (message) => message.text().includes("frame-ancestors"));
    await page.goto("embeds.html");
    await refused;
    await expect(page.frameLocator("iframe").locator("#app")).toHaveCount(0);
  });
});
