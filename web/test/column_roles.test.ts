import assert from "node:assert/strict";
import { test } from "node:test";
import { ROLES, roleOf, withRole } from "../src/features/pairs/column_roles";
import { INSPECTION } from "./fixtures";

test("a column has one role, and a role one column", () => {
  const { columns, plan } = INSPECTION;
  const moved = withRole(plan, 5, "sentence_b");
  assert.equal(roleOf(moved, 5), "sentence_b");
  assert.equal(roleOf(moved, 2), null);
  const again = withRole(moved, 5, "id");
  assert.equal(again.sentence_b, null);
  assert.equal(again.id, 5);
  for (const role of ROLES) {
    for (const [columnIdx] of columns.entries()) {
      const next = withRole(plan, columnIdx, role);
      const used = ROLES.map((name) => next[name]).filter((idx) => idx !== null);
      assert.equal(new Set(used).size, used.length, `${role} for column ${columnIdx}`);
      assert.equal(next[role], columnIdx);
    }
  }
});
