import assert from "node:assert/strict";
import { test } from "node:test";
import type { Node } from "typescript/unstable/ast";
import * as is from "typescript/unstable/ast/is";
import { API } from "typescript/unstable/sync";

/** Attributes and properties whose value a visitor reads or hears. */
const SHOWN = ["title", "label", "aria-label", "placeholder", "lead", "hint", "note", "action", "invitation"];

/** One letter may be a sign, such as the w of a weight. */
const hasWord = (words: string) => /\p{L}{2}/u.test(words);

/** The literal texts that a child or an attribute of an element may have for its value. */
function literalsOf(node: Node | undefined): string[] {
  if (node === undefined) return [];
  if (is.isJsxText(node) || is.isStringLiteral(node) || is.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (is.isTemplateExpression(node))
    return [node.head, ...node.templateSpans.map(({ literal }) => literal)].map(({ text }) => text);
  if (is.isJsxExpression(node) || is.isParenthesizedExpression(node)) return literalsOf(node.expression);
  if (is.isConditionalExpression(node)) return [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)];
  const isChoice = is.isBinaryExpression(node) && ["&&", "||", "??"].includes(node.operatorToken.getText());
  return isChoice ? [...literalsOf(node.left), ...literalsOf(node.right)] : [];
}

function shownBy(node: Node): string[] {
  if (is.isJsxElement(node) || is.isJsxFragment(node)) return node.children.flatMap(literalsOf);
  if (is.isJsxAttribute(node) && SHOWN.includes(node.name.getText())) return literalsOf(node.initializer);
  return [];
}

test("every text of the views is in text.tsx", () => {
  const api = new API();
  const project = api.updateSnapshot({ openProject: "tsconfig.json" }).getProjects()[0];
  const views = project?.rootFiles.filter((path) => path.endsWith(".tsx") && !path.endsWith("/src/text.tsx")) ?? [];
  assert(views.length > 50, "the views were found");
  const found: string[] = [];
  for (const path of views) {
    const visit = (node: Node): void => {
      for (const words of shownBy(node).filter(hasWord)) found.push(`${path}: ${words.trim()}`);
      node.forEachChild(visit);
    };
    project?.program.getSourceFile(path)?.forEachChild(visit);
  }
  api.close();
  assert.deepEqual(found, []);
});
