import { chromium } from "@playwright/test";
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const p = await b.newPage();
await p.goto("http://127.0.0.1:47560/some/base/models/index.json");
for (const mb of [91, 438]) console.log(mb, await p.evaluate(async (mb) => {
  const file = new File(Array.from({ length: mb }, () => crypto.getRandomValues(new Uint8Array(65536 )) ).flatMap(c => Array.from({length: 15}, () => c)), "x");
  const out = [file.size];
  for (let k = 0; k < 3; k++) { const t = performance.now(); for (let s = 0; s < file.size; s += 8e6) await crypto.subtle.digest("SHA-256", await file.slice(s, s + 8e6).arrayBuffer()); out.push(Math.round(performance.now() - t)); }
  return out;
}, mb));
await b.close();
