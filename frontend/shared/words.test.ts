import assert from "node:assert/strict";
import { test } from "node:test";
import { t, useWords } from "./words";

test("a sentence without a translation is shown as it stands", () => {
  useWords({});
  assert.equal(t("Vent, {name}", { name: "Ola" }), "Vent, Ola");
});

test("the reader's words are used, and what is not given is left", () => {
  useWords({ "Vent, {name}": "Wait, {name} {later}", Tom: "" });
  assert.equal(t("Vent, {name}", { name: "Ola" }), "Wait, Ola {later}");
  assert.equal(t("Tom"), "Tom");
  useWords(null);
});
