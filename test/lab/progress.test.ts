import assert from "node:assert/strict";
import test from "node:test";
import { type Drawing, describeAdvance, progress, type State, summarise } from "../../src/lab/progress";

const state: State = { label: "Training", from: 0, done: 0, total: 40, note: "", elapsedSeconds: 5 };

test("rate and time left follow from what was done since the first update", () => {
  // 20 in the 5 s since then are 4/s; the 16 that are left take 4 s.
  const first = { done: 4, elapsedSeconds: 3 };
  assert.equal(
    describeAdvance({ ...state, first, done: 24, elapsedSeconds: 8, note: "loss 0.2" }),
    "60 %, 4/s, 4.0 s left, loss 0.2",
  );
});

test("rate and time left of work that was resumed are those of this session", () => {
  // 10 of the 20 were done before: 10 in 5 s are 2/s, and the 20 that are left take 10 s.
  const first = { done: 10, elapsedSeconds: 0 };
  assert.equal(describeAdvance({ ...state, from: 10, first, done: 20 }), "50 %, 2/s, 10 s left");
  assert.equal(summarise({ ...state, from: 10, first, done: 40 }), "Training: 40 (10 before) in 5.0 s, 6/s");
});

test("nothing is said of the rate before something is done", () => {
  assert.equal(describeAdvance({ ...state, first: { done: 1, elapsedSeconds: 5 }, done: 1 }), "2 %");
  assert.equal(summarise({ ...state, from: 10, done: 10 }), "Training: 10 of 40 (10 before) in 5.0 s");
});

test("parts of a step count for the rate, and whole steps are what is reached", () => {
  // 2.5 in 5 s are 0.5/s; 37.5 are left, 75 s.
  const first = { done: 0, elapsedSeconds: 0 };
  assert.equal(describeAdvance({ ...state, first, done: 2.5 }), "6 %, 0.5/s, 1 min left");
  assert.equal(summarise({ ...state, first, done: 2.5 }), "Training: 2 of 40 in 5.0 s, 0.5/s");
});

test("a bar is drawn where it is told to be, from what earlier sessions have done on, and ends once", () => {
  const drawn: string[] = [];
  const drawing: Drawing = {
    every: 0,
    draw: ({ from, done }) => drawn.push(`${from} ${done}`),
    end: ({ done }) => drawn.push(`end ${done}`),
  };
  const bar = progress("Training", 40, drawing);
  bar.resume(10);
  bar.update(11);
  bar.stop();
  bar.stop();
  bar.update(12);
  assert.deepEqual(drawn, ["10 11", "end 11"]);
});
