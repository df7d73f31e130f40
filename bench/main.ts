/** Side-by-side measurements: medians of interleaved runs in one process, and ratios. `npm run bench` */
import { sampleStates } from "../src/mec/states";
import { costTables } from "../src/mec/tables";
import { eliminate } from "../src/optimal/elimination";
import { exhaustive } from "../src/optimal/exhaustive";
import { loadScenario } from "../src/scenario/load";

const STATES = 10_000;
const RUNS = 7;

const scenario = loadScenario("paper");
const states = sampleStates(scenario, "bench", 0, STATES);
const costs = costTables(scenario, states);
if (Buffer.compare(eliminate(states, costs), exhaustive(states, costs)) !== 0) {
  throw new Error("elimination and exhaustive search disagree");
}

const times: { eliminate: number[]; exhaustive: number[] } = { eliminate: [], exhaustive: [] };
for (let run = 0; run < RUNS; run++) {
  times.eliminate.push(seconds(() => eliminate(states, costs)));
  times.exhaustive.push(seconds(() => exhaustive(states, costs)));
}
const [ours, peer] = [median(times.eliminate), median(times.exhaustive)];
console.log(`Optimal decisions of ${STATES} states (same decisions), median of ${RUNS} interleaved runs:`);
console.log(
  `  variable elimination ${ours.toFixed(4)} s, exhaustive search ${peer.toFixed(4)} s, ratio ${(ours / peer).toFixed(3)}`,
);

function seconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
