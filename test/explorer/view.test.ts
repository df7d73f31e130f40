import assert from "node:assert/strict";
import test from "node:test";
import { addressOf, startView, type View, viewOf } from "../../src/explorer/page/view";
import { parametersIn } from "../../src/explorer/parameters";
import { loadScenario } from "../../src/scenario/load";

const parameters = parametersIn(loadScenario("paper"));
const start = startView(parameters, 7);

test("a view comes back from its address", () => {
  const view: View = {
    point: { seed: 12, index: 345, values: { meanSnrDb: -3.5, dataKb: 700, localPerJoule: 0 } },
    plan: "DIOS",
    along: "cores",
    x: "deviceGhz",
    y: "wiredDelayMs",
  };
  assert.deepEqual(viewOf(`#${addressOf(view)}`, parameters, start), view);
  assert.deepEqual(viewOf(addressOf(start), parameters, start), start);
});

test("what is missing in an address, or makes no sense, is as at first", () => {
  assert.deepEqual(viewOf("", parameters, start), start);
  const nonsense = "#seed=-1&index=1e9x&plan=XOS&along=colour&x=&meanSnrDb=warm&dataKb=1e12&cores=NaN&deviceGhz=";
  assert.deepEqual(viewOf(nonsense, parameters, start), start);
  assert.deepEqual(viewOf("#index=4", parameters, start).point, { seed: 7, index: 4, values: {} });
});
