import assert from "node:assert/strict";
import { test } from "node:test";
import { together } from "./together";

test("nothing that anybody wrote is lost, and nothing stands twice", () => {
  assert.equal(together("Kari tar køen.", "Ola tar telefonen."), "Ola tar telefonen.\n\nKari tar køen.");
  assert.equal(
    together("Ola tar telefonen. Kari tar køen.", "Ola tar telefonen."),
    "Ola tar telefonen. Kari tar køen.",
  );
  assert.equal(together("Ola", "Ola tar telefonen."), "Ola tar telefonen.");
  assert.equal(together("", "Ola"), "Ola");
});
