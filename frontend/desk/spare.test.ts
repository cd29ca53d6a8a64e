import assert from "node:assert/strict";
import { test } from "node:test";
import { together } from "./spare";

test("what the server had already is continued", () => {
  assert.equal(together({ text: "Bedre i kneet", kept: "Bedre" }, "Bedre"), "Bedre i kneet");
  assert.equal(together({ text: "Bedre i kneet", kept: "" }, "Bedre i"), "Bedre i kneet");
});

test("what the server got after all is not doubled", () => {
  assert.equal(together({ text: "Bedre", kept: "" }, "Bedre i kneet"), "Bedre i kneet");
});

test("what was written elsewhere meanwhile stands, and so does this", () => {
  assert.equal(together({ text: "Mitt", kept: "" }, "Ditt"), "Ditt\n\nMitt");
});

test("words taken out on purpose do not come back", () => {
  assert.equal(together({ text: "", kept: "Feil ord" }, "Feil ord"), "");
});
