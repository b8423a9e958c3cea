import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { headersFile, headersFor } from "../scripts/headers.mjs";

const html = readFileSync("index.html", "utf8");
const meta = html.match(/http-equiv="Content-Security-Policy"\s+content="([^"]+)"/)?.[1] ?? "";

test("the header has the page's own policy, without Trusted Types and with who may embed it", () => {
  const { "Content-Security-Policy": policy = "" } = headersFor(html);
  const ofPage = meta.split("; ");
  assert(ofPage.length > 8, meta);
  const ofBoth = ofPage.filter((directive) => !directive.includes("trusted-types"));
  assert.deepEqual(policy.split("; "), [...ofBoth, "frame-ancestors 'none'"]);
  assert.equal(ofPage.length - ofBoth.length, 2);
  assert.throws(() => headersFor(html.replace("Content-Security-Policy", "X")), /no content security policy/);
});

test("the file of headers has a line for each", () => {
  const lines = headersFile(headersFor(html)).split("\n");
  assert.deepEqual([lines[0], lines.at(-1)], ["/*", ""]);
  for (const line of lines.slice(1, -1)) assert.match(line, /^ {2}[A-Z][A-Za-z-]+: [\w'*=()-].*[^ ]$/);
  assert(
    lines.includes(
      "  Permissions-Policy: bluetooth=(), camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
    ),
  );
});
