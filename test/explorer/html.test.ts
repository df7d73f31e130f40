import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import test from "node:test";
import vm from "node:vm";
import { statisticsOf } from "../../src/demonstrations/features";
import { generate } from "../../src/demonstrations/generate";
import { breakdown } from "../../src/evaluation/breakdown";
import { explorerHtml, explorerScript } from "../../src/explorer/html";
import type { PageData } from "../../src/explorer/page/data";
import { decider, type Model } from "../../src/learning/model";
import { initialNetwork } from "../../src/learning/network";
import { TRAIN_DEFAULTS } from "../../src/learning/train";
import { sampleStates } from "../../src/mec/states";
import { scenarioHash } from "../../src/scenario/load";
import { ROOT } from "../../src/version";
import { roundScenario } from "../support";

const scenario = roundScenario({ radio: { meanSnrDb: 3 } });
const { features, provenance } = generate({ scenario, seed: 3, split: "train", count: 300 });
const model: Model = {
  network: initialNetwork([34, 24, 18], "page"),
  options: TRAIN_DEFAULTS,
  statistics: statisticsOf(features),
  trainedOn: provenance,
  history: [{ epoch: 1, trainLoss: 1, trainAccuracy: 0.5, validationLoss: 1, validationAccuracy: 0.625 }],
  bestEpoch: 1,
};
const options = { scenario, scenarioHash: scenarioHash(scenario), version: "1.2.3", seed: 3, model };
const html = explorerHtml(options);
const script = explorerScript();

/** What the script leaves as a global name. */
type Page = Pick<typeof import("../../src/explorer/explore"), "explore" | "diosScheme" | "plainSchemes"> &
  Pick<typeof import("../../src/explorer/parameters"), "scenarioWith"> &
  Pick<typeof import("../../src/explorer/page/data"), "policyOf">;

/** The page's script in a world that has the language, and neither Node's modules nor a browser's page. */
function evaluated() {
  const world = vm.createContext({ atob, performance, setTimeout });
  vm.runInContext(script, world);
  return world.dios as Page;
}

const data: PageData = JSON.parse(
  /<script type="application\/json" id="data">(.*)<\/script>/.exec(html)?.[1] as string,
);

/** Objects of another world have other prototypes. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

test("the page's types are right", () => {
  const compiler = path.join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const project = path.join(ROOT, "src", "explorer", "page");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "--project", project], { encoding: "utf8" });
  assert.equal(status, 0, stdout);
});

test("the script needs none of Node's modules", () => {
  for (const [, name] of script.matchAll(/\b(?:require|import)\(\s*["']([^"']+)["']\s*\)/g)) {
    // The random generator asks for it where there is one, and bears that there is none.
    assert.equal(name, "crypto");
  }
  assert.doesNotMatch(script, /node:/);
  assert.doesNotMatch(script, /\b(process|__dirname|Buffer)\b\./);
  assert.equal(typeof evaluated().explore, "function");
});

test("the page computes what the library computes, in the scenario and in a changed one", () => {
  const dios = evaluated();
  for (const values of [{}, { meanSnrDb: -5, dataKb: 900, localPerJoule: 2, cores: 9 }]) {
    const point = { seed: 3, index: 5, values };
    const world = dios.scenarioWith(data.scenario, values);
    for (const { scheme, breakdown: told } of dios.explore(data, point, dios.plainSchemes(point))) {
      const request = { scenario: world, seed: 3, split: "test", index: 5 } as const;
      const expected = breakdown(scheme === "OOS" ? request : { ...request, decisions: [...told.decisions] });
      const same = ({ decisions, cost, executionTimeS, optimal }: typeof expected) =>
        plain({ decisions, cost, executionTimeS, optimal });
      assert.deepEqual(same(told), same(expected), scheme);
    }
  }
});

test("the page's network decides as the model that went into it", async () => {
  const dios = evaluated();
  const decide = dios.diosScheme(dios.policyOf(data.model));
  const theirs = await decider(model);
  for (let index = 0; index < 20; index++) {
    const point = { seed: 3, index, values: {} };
    const told = dios.explore(data, point, [decide])[1]?.breakdown.decisions;
    assert.deepEqual(plain(told), [...theirs(sampleStates(scenario, "3/test", index, 1))]);
  }
  assert.deepEqual([data.model.demonstrations, data.model.accuracy], [300, 0.625]);
});

test("the page asks the network for nothing: all is in it, and its policy forbids the rest", () => {
  const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(html)?.[1] ?? "";
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /https?:|'self'|\*/);
  // Plotly and the bundle name addresses that they could ask for; the policy is what holds them back. The rest names none.
  const rest = html.replaceAll(/<script>[\s\S]*?<\/script>/g, "");
  assert.doesNotMatch(rest, /https?:\/\//);
  for (const [, , address] of rest.matchAll(/\b(src|href)="([^"]*)"/g)) assert.match(address, /^data:/);
  for (const [, address] of rest.matchAll(/url\(([^)]*)\)/g)) assert.match(address, /^data:font\/woff;base64,/);
  assert.doesNotMatch(script, /https?:\/\/|\bfetch\(|XMLHttpRequest|WebSocket/);
  assert.equal(html.match(/<script/g)?.length, 3 + (script.match(/<script/g)?.length ?? 0));
});

test("the same options give the same bytes, and what is in the data cannot end its script", () => {
  assert.equal(explorerHtml(options), html);
  const rude = { ...scenario, description: "</script><script>alert(1)</script><!--" };
  const told = explorerHtml({ ...options, scenario: rude });
  assert.doesNotMatch(told, /alert\(1\)<\/script>/);
  assert.equal(told.match(/<\/script>/g)?.length, html.match(/<\/script>/g)?.length);
});

test("what the page writes into elements by their ids is there to be written into", () => {
  const ids = [...html.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, id] of script.matchAll(/\belement\(\s*"([^"]+)"/g)) assert.ok(ids.includes(id), id);
});
