import assert from "node:assert/strict";
import test from "node:test";
import {
  changesText,
  gridOf,
  type Parameter,
  type ParameterName,
  parametersIn,
  scenarioWith,
  shareAt,
  valueAt,
} from "../../src/explorer/parameters";
import { ratesOf, sampleStates } from "../../src/mec/states";
import { loadScenario, presetNames } from "../../src/scenario/load";
import type { Scenario } from "../../src/scenario/scenario";
import { roundScenario } from "../support";

const scenario = roundScenario();

function parameter(name: ParameterName, of: Scenario = scenario): Parameter {
  return parametersIn(of).find((candidate) => candidate.name === name) as Parameter;
}

test("without changes the scenario is the very same, and so it is with its own values", () => {
  assert.equal(scenarioWith(scenario, {}), scenario);
  const own = Object.fromEntries(parametersIn(scenario).map(({ name, value }) => [name, value]));
  assert.equal(scenarioWith(scenario, own), scenario);
  assert.equal(changesText(scenario, own), "");
});

test("both ends of a range move by the factor by which its middle moves", () => {
  // 20 to 1196 KB has the middle 608 KB.
  assert.equal(parameter("dataKb").value, 608);
  assert.deepEqual(scenarioWith(scenario, { dataKb: 1216 }).application.dataBytes, [40e3, 2392e3]);
  assert.deepEqual(scenarioWith(scenario, { wiredDelayMs: 30 }).wired.delayS, [0.02, 0.04]);
});

test("ranges of whole numbers are rounded and stay between one and all there are", () => {
  // 17 to 207 subcarriers of 256: middle 112, at most 112 x 256 / 207 = 138.5.
  assert.deepEqual([parameter("subcarriers").value, parameter("subcarriers").max], [112, 139]);
  assert.deepEqual(scenarioWith(scenario, { subcarriers: 56 }).radio.subcarriersGranted, [9, 104]);
  assert.deepEqual(scenarioWith(scenario, { subcarriers: 139 }).radio.subcarriersGranted, [21, 256]);
  // 3 to 4 cores of 16: middle 3.5, at most 14.
  assert.deepEqual([parameter("cores").min, parameter("cores").max], [1, 14]);
  assert.deepEqual(scenarioWith(scenario, { cores: 1 }).edge.coresGranted, [1, 1]);
  assert.deepEqual(scenarioWith(scenario, { cores: 14 }).edge.coresGranted, [12, 16]);
});

test("single numbers are set in SI units", () => {
  const changed = scenarioWith(scenario, { deviceGhz: 2, wiredMbitPerS: 100, localPerJoule: 0, radioPerGrant: 7 });
  assert.equal(changed.device.clockHz, 2e9);
  assert.equal(changed.wired.rateBitPerS, 100e6);
  assert.deepEqual([changed.prices.localPerJoule, changed.prices.radioPerGrant], [0, 7]);
  assert.equal(changed.prices.perSecond, scenario.prices.perSecond);
});

test("a link budget gives way to the ratio that is set", () => {
  const budget = loadScenario("paper", { radio: { linkBudget: linkBudget() } });
  // 23 dBm - (140 - 35) dB - (-174 + 9 + 73.0103) dBm.
  assert.ok(Math.abs(parameter("meanSnrDb", budget).value - 9.9897) < 1e-4);
  const changed = scenarioWith(budget, { meanSnrDb: -3 });
  assert.deepEqual([changed.radio.meanSnrDb, changed.radio.linkBudget], [-3, undefined]);
});

function linkBudget() {
  const loss = { pathLossAt1KmDb: 140, pathLossExponent: 3.5, distanceM: 100 };
  return { ...loss, transmitPowerDbm: 23, noiseDbmPerHz: -174, noiseFigureDb: 9 };
}

test("a changed scenario is valid, says what was changed, and comes back from a file as it was", () => {
  for (const preset of presetNames) {
    const base = loadScenario(preset);
    for (const share of [0, 0.5, 1]) {
      const values = Object.fromEntries(parametersIn(base).map((each) => [each.name, valueAt(each, share)]));
      const changed = scenarioWith(base, values);
      assert.deepEqual(loadScenario(JSON.parse(JSON.stringify(changed))), changed);
    }
  }
  const changed = scenarioWith(scenario, { meanSnrDb: 5, cores: 2 });
  assert.equal(changed.name, "paper-changed");
  assert.equal(changed.description, "paper with Mean SNR (dB) 5, Granted cores 2");
  assert.equal(changed.sources["edge.coresGranted"], "the explorer");
});

test("of every preset each parameter stands between the ends of its slider", () => {
  for (const preset of presetNames) {
    for (const { name, value, min, max, scale } of parametersIn(loadScenario(preset))) {
      assert.ok(min <= value && value <= max, `${preset} ${name}`);
      if (scale === "log") assert.ok(min > 0, `${preset} ${name}`);
    }
  }
});

test("a slider's way is even on its scale, and its ends are exact", () => {
  const snr = parameter("meanSnrDb");
  assert.deepEqual([snr.min, snr.max, snr.scale], [-20, 30, "linear"]);
  assert.deepEqual(gridOf(snr, 6), [-20, -10, 0, 10, 20, 30]);
  const log = { ...snr, min: 1, max: 10_000, scale: "log" as const };
  assert.deepEqual(gridOf(log, 5), [1, 10, 100, 1000, 10_000]);
  for (const each of parametersIn(scenario)) {
    assert.deepEqual([valueAt(each, 0), valueAt(each, 1)], [each.min, each.max]);
    assert.ok(Math.abs(shareAt(each, valueAt(each, 0.37)) - 0.37) < 1e-3, each.name);
  }
});

test("what is zero has a linear scale from zero; what has no room is left out", () => {
  const free = roundScenario({ wired: { delayS: [0, 0] } });
  assert.deepEqual([parameter("edgePerGrant", free).min, parameter("edgePerGrant", free).scale], [0, "linear"]);
  assert.equal(parameter("wiredDelayMs", free).scale, "linear");
  assert.deepEqual(scenarioWith(free, { wiredDelayMs: 0.5 }).wired.delayS, [0.0005, 0.0005]);
  assert.equal(parameter("cores", roundScenario({ edge: { cores: 1, coresGranted: [1, 1] } })), undefined);
});

test("of a measured application the size of its input is turned in place of data and intensity that it does not draw", () => {
  const measured = {
    dataBytes: [2000],
    inputBytes: [4000, 0],
    outputBytes: [0, 1000],
    cycles: [1e6, 2e6],
    scale: [0.5, 1.5],
  };
  const dependencies = [[0, 1]];
  const application = { topology: "graph", subTasks: 2, dependencies, measured };
  const chain = loadScenario({ ...JSON.parse(JSON.stringify(scenario)), application });
  const names = parametersIn(chain).map(({ name }) => name);
  assert.ok(!names.includes("dataKb") && !names.includes("cyclesPerByte"));
  const { value, min, max } = parameter("measuredScale", chain);
  assert.deepEqual([value, min, max], [1, 0.1, 10]);
  const doubled = scenarioWith(chain, { measuredScale: 2 });
  assert.deepEqual(doubled.application.measured?.scale, [1, 3]);
  const [before, after] = [chain, doubled].map((of) => sampleStates(of, "measured", 0, 3).dataBytes);
  assert.deepEqual(
    after,
    before?.map((bytes) => 2 * bytes),
  );
  assert.equal(parameter("measuredScale"), undefined);
});

test("where rates come from a trace no slider claims to change the channel", () => {
  const radio = { ...scenario.radio, fading: "trace", trace: [1e6, 2e6, 3e6, 1e6, 2e6, 3e6, 4e6] };
  const traced = loadScenario({ ...JSON.parse(JSON.stringify(scenario)), radio });
  assert.equal(parameter("meanSnrDb", traced), undefined);
  const [quiet, loud] = [0, 20].map((meanSnrDb) => {
    const changed = { ...traced, radio: { ...traced.radio, meanSnrDb } };
    return ratesOf(changed, sampleStates(changed, "trace", 0, 5));
  });
  for (const [i, rate] of (quiet as Float64Array).entries()) {
    // The gains are stored as 32-bit floats.
    assert.ok(Math.abs(rate / (loud?.[i] as number) - 1) < 1e-6);
  }
});
