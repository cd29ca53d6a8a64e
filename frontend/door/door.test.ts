import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Door,
  type DoorView,
  firstDoor,
  isClosed,
  needsDevices,
  needsSocket,
  next,
  type Step,
} from "./door";

function view(step: Step, changes: Partial<DoorView> = {}): DoorView {
  return {
    step,
    invitation: "i",
    phone: "22 33 44 55",
    zone: "Europe/Oslo",
    opens_at: "2026-11-25T13:00:00Z",
    tries_left: 5,
    code_to: "",
    wrong: false,
    waiting_since: null,
    consultation: "",
    words: [],
    late_minutes: 0,
    late_answer: "",
    showing: "",
    wish: "",
    is_external: false,
    uses_text: false,
    along: [],
    place: 0,
    wait_low: null,
    wait_high: null,
    servers: 0,
    server_names: [],
    paused: 0,
    pushed: "",
    is_away: false,
    on_hold: false,
    hold_words: "",
    called_until: null,
    opening_name: "",
    gone: "",
    ...changes,
  };
}

function after(door: Door, ...events: Parameters<typeof next>[1][]): Door {
  return events.reduce(next, door);
}

test("a fresh link shows the link page, whatever is missing", () => {
  for (const step of ["birth_date", "code", "check"] as const) {
    assert.equal(firstDoor(view(step), false).screen, "link");
  }
});

test("nothing asks for the camera before the first button", () => {
  assert.equal(needsDevices(firstDoor(view("check"), false).screen), false);
  assert.equal(needsDevices(after(firstDoor(view("check"), false), { type: "began" }).screen), true);
});

test("a reload goes on where the person was", () => {
  assert.equal(firstDoor(view("check"), true).screen, "check");
  assert.equal(firstDoor(view("code"), true).screen, "code");
  assert.equal(firstDoor(view("waiting"), false).screen, "waiting");
  assert.equal(firstDoor(view("admitted"), false).screen, "talk");
});

test("the whole way from the link to the end", () => {
  const screens: string[] = [];
  let door = firstDoor(view("birth_date"), false);
  for (const event of [
    { type: "began" },
    { type: "answered", view: view("code") },
    { type: "answered", view: view("check") },
    { type: "answered", view: view("waiting") },
    { type: "news", view: view("admitted", { consultation: "c" }) },
    { type: "news", view: view("ended") },
  ] as const) {
    door = next(door, event);
    screens.push(door.screen);
  }
  assert.deepEqual(screens, ["birth-date", "code", "check", "waiting", "talk", "ended"]);
});

test("a refusal is shown where the person is, and goes away with the next try", () => {
  const begun = after(firstDoor(view("birth_date"), true), { type: "asked" });
  assert.equal(begun.isBusy, true);
  const refused = next(begun, { type: "refused", code: "malformed" });
  assert.deepEqual([refused.screen, refused.isBusy, refused.problem], ["birth-date", false, "malformed"]);
  assert.equal(next(refused, { type: "asked" }).problem, null);
});

test("a wrong answer says so, in the words of the field", () => {
  const born = next(firstDoor(view("birth_date"), true), {
    type: "answered",
    view: view("birth_date", { wrong: true, tries_left: 4 }),
  });
  assert.deepEqual([born.screen, born.problem], ["birth-date", "wrong_birth_date"]);
  const code = next(born, { type: "answered", view: view("code", { wrong: true, tries_left: 3 }) });
  assert.equal(code.problem, "wrong_code");
});

test("the fifth wrong answer locks the link", () => {
  const door = after(firstDoor(view("birth_date"), true), {
    type: "answered",
    view: view("locked", { tries_left: 0 }),
  });
  assert.equal(door.screen, "locked");
  assert.equal(isClosed(door.screen), true);
});

test("the place is kept while the network is away", () => {
  const waiting = firstDoor(view("waiting"), true);
  const cut = next(waiting, { type: "socket", up: false });
  assert.deepEqual([cut.screen, cut.isOffline], ["waiting", true]);
  assert.equal(next(cut, { type: "socket", up: true }).isOffline, false);
});

test("what is over stays over, even when old news arrive late", () => {
  for (const step of ["ended", "cancelled", "moved", "replaced", "expired", "locked"] as const) {
    const closed = next(firstDoor(view("waiting"), true), { type: "news", view: view(step) });
    assert.equal(closed.screen, step);
    assert.equal(next(closed, { type: "news", view: view("waiting") }).screen, step);
    assert.equal(needsSocket(closed), false);
    assert.equal(needsDevices(closed.screen), false);
  }
});

test("a lost cookie is told as such", () => {
  assert.equal(next(firstDoor(view("check"), true), { type: "refused", code: "not_found" }).screen, "lost");
});

test("before the door opens the equipment can be tried without waiting", () => {
  const early = firstDoor(view("early"), false);
  assert.equal(early.screen, "early");
  const rehearsing = next(early, { type: "rehearsed", done: false });
  assert.equal(rehearsing.screen, "check");
  assert.equal(needsSocket(rehearsing), false);
  assert.equal(next(rehearsing, { type: "rehearsed", done: true }).screen, "early");
});

test("a conversation held in another tab is asked for, and moved only when wanted", () => {
  const asked = next(firstDoor(view("admitted"), true), { type: "elsewhere" });
  assert.equal(asked.screen, "elsewhere");
  assert.equal(next(asked, { type: "news", view: view("admitted") }).screen, "elsewhere");
  assert.equal(next(asked, { type: "moved_here", view: view("admitted") }).screen, "talk");
});

test("the old tab is told, lets go of the camera, and does not fight back", () => {
  const away = next(firstDoor(view("admitted"), true), { type: "moved_away" });
  assert.equal(away.screen, "moved-away");
  assert.equal(needsDevices(away.screen), false);
  assert.equal(needsSocket(away), false);
  assert.equal(next(away, { type: "news", view: view("admitted") }).screen, "moved-away");
});

test("the socket's word that it is over is enough", () => {
  const over = next(firstDoor(view("admitted"), true), { type: "ended" });
  assert.equal(over.screen, "ended");
});

test("stepping out does not end the conversation", () => {
  const out = next(firstDoor(view("admitted"), true), { type: "stepped_out" });
  assert.equal(out.screen, "stepped-out");
  assert.equal(next(out, { type: "news", view: view("admitted") }).screen, "stepped-out");
  assert.equal(next(out, { type: "back_in" }).screen, "talk");
  assert.equal(next(out, { type: "news", view: view("ended") }).screen, "ended");
});

test("who has left the waiting room stays out until they want in again", () => {
  const left = next(firstDoor(view("waiting"), true), { type: "left" });
  assert.equal(next(left, { type: "news", view: view("waiting") }).screen, "left");
  const back = after(left, { type: "news", view: view("check") }, { type: "back_in" });
  assert.equal(back.screen, "check");
});

test("who steps away has a page of their own, and comes back to the waiting room", () => {
  const waiting = firstDoor(view("waiting", { place: 3 }), true);
  const away = next(waiting, { type: "answered", view: view("waiting", { place: 3, is_away: true }) });
  assert.equal(away.screen, "away");
  assert.equal(needsDevices(away.screen), false);
  assert.equal(needsSocket(away), true);
  assert.equal(next(away, { type: "news", view: view("waiting", { place: 1 }) }).screen, "waiting");
});

test("who is called while away and comes back late is still told", () => {
  const away = firstDoor(
    view("waiting", { place: 1, is_away: true, called_until: "2026-11-24T09:10:00Z" }),
    true,
  );
  assert.equal(away.screen, "away");
  assert.equal(next(away, { type: "news", view: view("check", { gone: "missed" }) }).screen, "gone");
});

test("a place moves before the camera was tried, a booked hour stands still", () => {
  assert.equal(needsSocket(firstDoor(view("check", { place: 4 }), false)), true);
  assert.equal(needsSocket(firstDoor(view("check", { place: 4 }), true)), true);
  assert.equal(needsSocket(firstDoor(view("check"), true)), false);
});

test("a queue that is over holds nobody", () => {
  const over = next(firstDoor(view("waiting", { place: 2 }), true), {
    type: "news",
    view: view("queue_closed"),
  });
  assert.equal(over.screen, "queue-closed");
  assert.equal(isClosed(over.screen), true);
});

test("an hour that was given up, or is held in person, lets nobody wait for it", () => {
  for (const [step, screen] of [
    ["given_up", "given-up"],
    ["in_person", "in-person"],
  ] as const) {
    const over = next(firstDoor(view("waiting"), true), { type: "news", view: view(step) });
    assert.equal(over.screen, screen);
    assert.equal(isClosed(over.screen), true);
  }
});

test("who was put out of the queue may not walk past it to the camera", () => {
  for (const gone of ["missed", "declined"] as const) {
    assert.equal(firstDoor(view("check", { gone }), true).screen, "gone");
  }
  assert.equal(firstDoor(view("check", { gone: "left" }), true).screen, "check");
});

test("a place alone replaces the place, and nothing else of what is known", () => {
  const waiting = firstDoor(
    view("waiting", { place: 4, wait_low: 10, wait_high: 20, hold_words: "Vent" }),
    true,
  );
  const moved = after(waiting, {
    type: "place",
    place: { place: 3, wait_low: 8, wait_high: 15, servers: 2, pushed: "" },
  });
  assert.equal(moved.screen, "waiting");
  assert.deepEqual(moved.view, { ...waiting.view, place: 3, wait_low: 8, wait_high: 15, servers: 2 });
});

test("a place brings nobody back who has left, and is not told to who is let in", () => {
  const left = after(firstDoor(view("waiting", { place: 4 }), true), { type: "left" });
  assert.equal(after(left, { type: "place", place: { place: 3 } }).screen, "left");
  const over = after(firstDoor(view("waiting"), true), { type: "ended" });
  assert.equal(after(over, { type: "place", place: { place: 3 } }).view.place, 0);
});

test("words to all are added once, also when the whole door has told them already", () => {
  const first = { at: "2026-11-25T10:00:00+00:00", code: "soon", words: "" };
  const second = { at: "2026-11-25T10:05:00+00:00", code: "", words: "Vi åpner et vindu." };
  const door = after(
    firstDoor(view("waiting", { words: [first] }), true),
    { type: "words", words: [first] },
    { type: "words", words: [second] },
  );
  assert.deepEqual(door.view.words, [first, second]);
});
