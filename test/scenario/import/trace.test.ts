import assert from "node:assert/strict";
import test from "node:test";
import { readTrace } from "../../../src/scenario/import/trace";
import { inputError } from "../../support";

const traceOf = (text: string) => readTrace(text, "bus.txt").radio?.trace;

test("pieces of JSON become the mean throughput of each second", () => {
  const pieces = [
    { duration_ms: 500, bandwidth_kbps: 1000, latency_ms: 20 },
    { duration_ms: 1500, bandwidth_kbps: 3000 },
    { duration_ms: 250, bandwidth_kbps: 8000 },
    { duration_ms: 1000, bandwidth_kbps: 0 },
  ];
  // Half a second of 1 and half of 3; 3; a quarter of 8 and three of 0; what is left is no whole second.
  assert.deepEqual(traceOf(JSON.stringify(pieces)), [2e6, 3e6, 2e6]);
  const exact = Array.from({ length: 10 }, () => ({ duration_ms: 100.1, bandwidth_kbps: 4 }));
  assert.deepEqual(traceOf(JSON.stringify(exact)), [4000]);
});

test("lines of time and Mbit/s hold until the next, the last as long as the one before", () => {
  const values = [5e6, 6e6, 8e6, 8e6];
  for (const text of [
    "0,5\n1,6\n2,8\n4,9\n",
    "time,Mbit/s\r\n0,5\r\n1,6\r\n2,8\r\n4,9",
    "# measured on a bus\n10;5\n11;6\n12;8\n14;9",
    "time (s)\tthroughput (kbit/s)\n0\t5000\n1\t6000\n2\t8000\n4\t9000",
    "Time, bps\n0, 5e6\n1, 6e6\n2, 8e6\n4, 9e6",
    "0 5\n1 6\n2 8\n4 9",
  ]) {
    assert.deepEqual(traceOf(text), [...values, 9e6, 9e6], text);
  }
  assert.deepEqual(traceOf("0,2\n0.5,4\n1.5,6\n3.5,1"), [3e6, 5e6, 6e6, 3.5e6, 1e6]);
  assert.deepEqual(traceOf("3,17.5"), [17.5e6]);
});

const WRONG: [what: string, text: string, ...parts: string[]][] = [
  ["goes back in time", "0,1\n2,1\n1,1", "line 3 is at 1 s", "later than 2 s"],
  ["stands still", "0,1\n0,1", "line 2 is at 0 s"],
  ["has a negative throughput", "0,1\n1,-2", "line 2", '"1,-2"', "3,17.5"],
  ["has a word for a number", "0,1\n1,fast", 'line 2 is "1,fast"'],
  ["has NaN", "0,1\nNaN,1", "line 2"],
  ["has an endless throughput", "0,1\n1,1e999", "line 2"],
  ["has a third column", "0,1,2\n", "line 1"],
  ["lacks a column", "0\n1", "line 1"],
  ["is empty", "", "lasts 0 s", "1 to 100000 s"],
  ["has a heading alone", "time,Mbit/s", "lasts 0 s"],
  ["is too short", "0,1\n0.4,1", "lasts 0.8 s"],
  ["is endless", "0,1\n1e300,1", "lasts 2e+300 s"],
  ["is in megabytes", "time,MB/s\n0,1", 'heading is "time,MB/s"', "Mbit/s"],
  ["has its time in milliseconds", "time (ms),Mbit/s\n0,1", "heading", "time in s"],
  ["is JSON cut short", '[{"duration_ms":1000,"band', "not valid JSON"],
  ["is another JSON", '{"a":1}', 'is {"a":1}', "a list"],
  ["lacks a field", '[{"duration_ms":1000}]', "0.bandwidth_kbps is missing", "(kbit/s)"],
  ["has a negative duration", '[{"duration_ms":-1,"bandwidth_kbps":5}]', "0.duration_ms is -1", "(ms)"],
  ["has a text for a number", '[{"duration_ms":1000,"bandwidth_kbps":"5"}]', '0.bandwidth_kbps is "5"'],
];

for (const [what, text, ...parts] of WRONG) {
  test(`a trace that ${what} is refused in a sentence`, () => {
    assert.throws(() => traceOf(text), inputError("bus.txt", ...parts));
  });
}
