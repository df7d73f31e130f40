import assert from "node:assert/strict";
import test from "node:test";
import seedrandom from "seedrandom";
import type { Matrix } from "../../src/demonstrations/features";
import { alarmShare, driftDistances, driftMonitor } from "../../src/evaluation/drift";
import { standardNormal } from "../../src/random";
import { inputError } from "../support";

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Rows of three independent normal features; the first with the mean and the deviation given. */
function normals(rows: number, seed: string, shift = 0, deviation = 1): Matrix {
  const random = seedrandom.alea(seed);
  const values = Float32Array.from({ length: 3 * rows }, (_, i) => {
    const value = standardNormal(random);
    // Units of the features must not matter.
    return i % 3 === 0 ? shift + deviation * value : 100 + 1e3 * value;
  });
  return { rows, columns: 3, values };
}

const monitor = driftMonitor(normals(64_000, "training"), { window: 64, falseAlarmRate: 0.05 });

test("a window of the training distribution gives an alarm at the rate that was set", () => {
  // 4,000 windows, 500 of them behind the limit: a deviation of sqrt(0.05 x 0.95 (1/4000 + 1/500)) = 0.010.
  const share = alarmShare(monitor, driftDistances(monitor, normals(256_000, "fresh")));
  assert.ok(Math.abs(share - 0.05) < 0.03, `${share}`);
});

test("its distances are chi-squared with two degrees of freedom a feature: mean 6, variance 12", () => {
  const distances = driftDistances(monitor, normals(256_000, "fresh"));
  const average = mean(distances);
  const variance = mean(distances.map((distance) => (distance - average) ** 2));
  assert.ok(Math.abs(average - 6) < 0.3, `${average}`);
  // Squares of normals are skewed, and means of 64 of them a little still.
  assert.ok(variance > 11 && variance < 16, `${variance}`);
});

test("a mean that moves by half a deviation moves the distance as arithmetic says", () => {
  // z + 1/2 has mean 1/2, its square a mean of 1 + 1/4 and a variance of 2 + 4/4: 64 (1/4 + (1/4)^2 / 2) = 18 on top of 1 + 3/2 + 4 = 6.5.
  // The means of 32,000 rows are known to 0.0056, which makes 64 x 2 x 1/2 x 0.0056 = 0.36.
  const distances = driftDistances(monitor, normals(128_000, "shifted", 0.5));
  assert.ok(Math.abs(mean(distances) - 24.5) < 1.2, `${mean(distances)}`);
  assert.ok(alarmShare(monitor, distances) > 0.8);
});

test("a spread that doubles is seen though no mean moves", () => {
  // The square's mean goes from 1 to 4: 64 x 9 / 2 = 288 on top.
  const distances = driftDistances(monitor, normals(6400, "wide", 0, 2));
  assert.ok(mean(distances) > 250 && mean(distances) < 350, `${mean(distances)}`);
  assert.equal(alarmShare(monitor, distances), 1);
});

test("larger windows see what smaller ones miss", () => {
  const shares = [4, 16, 64].map((window) => {
    const watching = driftMonitor(normals(64_000, "training"), { window, falseAlarmRate: 0.01 });
    return alarmShare(watching, driftDistances(watching, normals(64_000, "slight", 0.5)));
  });
  assert.ok((shares[0] as number) < 0.1 && (shares[0] as number) < (shares[1] as number), `${shares}`);
  assert.ok((shares[2] as number) > 0.5 && (shares[1] as number) < (shares[2] as number), `${shares}`);
});

test("the rate holds whatever the distribution is: two values, a constant, heavy tails", () => {
  const rows = (count: number, seed: string, constant = 7): Matrix => {
    const random = seedrandom.alea(seed);
    const row = () => [random() < 0.5 ? 1 : 2, constant, 1 / Math.sqrt(random() + 1e-9)];
    return { rows: count, columns: 3, values: Float32Array.from(Array.from({ length: count }, row).flat()) };
  };
  const watching = driftMonitor(rows(40_000, "training"), { window: 10, falseAlarmRate: 0.05 });
  const share = alarmShare(watching, driftDistances(watching, rows(40_000, "fresh")));
  assert.ok(Math.abs(share - 0.05) < 0.03, `${share}`);
  // What was always 7 and now is 7.1.
  assert.equal(alarmShare(watching, driftDistances(watching, rows(1000, "other", 7.1))), 1);
});

test("rows behind the last whole window do not count", () => {
  assert.equal(driftDistances(monitor, normals(200, "short")).length, 3);
});

test("what is not allowed is named", () => {
  const options = { window: 10, falseAlarmRate: 0.01 };
  // 99 windows of 10 in the second half.
  assert.throws(
    () => driftMonitor(normals(1978, "few"), options),
    inputError("training states are 1978", "1979 at least"),
  );
  driftMonitor(normals(1979, "enough"), options);
  assert.throws(() => driftMonitor(normals(10, "few"), { ...options, window: 0 }), inputError("window is 0"));
  assert.throws(
    () => driftMonitor(normals(10, "few"), { ...options, falseAlarmRate: 1 }),
    inputError("falseAlarmRate is 1"),
  );
  assert.throws(
    () => driftDistances(monitor, { rows: 64, columns: 2, values: new Float32Array(128) }),
    inputError("2 features", "3"),
  );
  assert.throws(() => driftDistances(monitor, normals(63, "few")), inputError("states are 63", "64"));
});
