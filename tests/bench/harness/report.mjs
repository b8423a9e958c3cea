// What a run of the bench says, for the terminal and for RESULTS.md.

import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { svgChart } from "./svg_chart.mjs";
import { markdownTable, tableOfRows } from "./table.mjs";

const PREFACE = `# Results of the bench

Written by \`cargo xtask bench --write\`; [README.md](README.md) says what each figure means. Medians of several rounds, ours
and the peers' by turns; "spread" is from the smallest to the largest. Figures of another run on another day differ; a
ratio's two sides are of the same round.
`;

export function reportText({ machine, sections, isQuick }) {
  const rows = sections.flatMap(({ rows = [] }) => rows);
  const tables = sections.flatMap((section) => section.tables ?? []).filter((table) => table.rows.length > 0);
  const notes = sections.flatMap((section) => section.notes ?? []);
  return [
    isQuick ? "**A quick run: it shows that the bench works; its figures are not to be relied on.**\n" : "",
    machine.map(([name, value]) => `- ${name}: ${value}`).join("\n"),
    `\n${tableOfRows(rows)}\n`,
    ...tables.map(({ title, header, rows: lines }) => `## ${title}\n\n${markdownTable(header, lines)}\n`),
    notes.map((note) => `- ${note}`).join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n")
    .trimEnd();
}

/** Replace RESULTS.md and the plots. */
export async function writeReport(folder, text, sections) {
  const plots = sections.flatMap((section) => section.plots ?? []);
  const plotFolder = path.join(folder, "plots");
  await rm(plotFolder, { recursive: true, force: true });
  if (plots.length > 0) await mkdir(plotFolder, { recursive: true });
  for (const { file, panels } of plots) await writeFile(path.join(plotFolder, file), svgChart(panels));
  const shown = plots.map(({ file, panels }) => `![${panels.map(({ title }) => title).join("; ")}](plots/${file})\n`);
  await writeFile(path.join(folder, "RESULTS.md"), [PREFACE, text, "", ...shown].join("\n"));
}
