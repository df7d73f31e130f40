import { nativeFor } from "../native/kernels";
import type { Scenario } from "../scenario/scenario";
import { type Application, DEVICE } from "./application";
import { CLOUD, CROSSES_RADIO, CROSSES_WIRED, EDGE, LOCAL, SITES } from "./sites";
import { ratesOf, type States } from "./states";

/**
 * What a batch of states comes to, by sub-task and dependency: all in seconds (`delayTables`) or all in cost
 * (`costTables`). A transfer between the sites a and b takes radio * CROSSES_RADIO[3a + b] + wired * CROSSES_WIRED[3a + b];
 * the device counts as local.
 */
export interface Tables {
  /** [count x T x 3] of running a sub-task at a site. */
  readonly execution: Float64Array;
  /** [count x E] of a dependency's data crossing the radio link. */
  readonly radio: Float64Array;
  /** [count x E] of a dependency's data crossing the wired link. */
  readonly wired: Float64Array;
}

/**
 * Seconds of execution and transfer (design: local xi/f_L, edge xi/(m f_E), cloud xi/f_C; radio 8d/r with the rate r of the
 * consumer's grant, or of the producer's for an output to the device; wired W + 8d/R_wired), where the workload xi is rho
 * times the input bytes of the sub-task. `rates` are those of ratesOf, for a caller that has them; the tables go
 * `into` those given, which may have more rows.
 */
export function delayTables(
  scenario: Scenario,
  states: States,
  rates = ratesOf(scenario, states),
  into = emptyTables(states),
): Tables {
  const { device, edge, cloud, wired } = scenario;
  const { application, count, dataBytes, cyclesPerByte, cores, wiredDelayS } = states;
  const { subTasks, dependencies } = application;
  const links = dependencies.length;
  const granteeOf = grantees(application);
  const consumerOf = consumers(application);
  const bytesOf = new Float64Array(subTasks);
  const { execution, radio, wired: overWire } = into;
  for (let k = 0; k < count; k++) {
    const firstTask = k * subTasks;
    const firstLink = k * links;
    bytesOf.fill(0);
    for (let link = 0; link < links; link++) {
      const bytes = dataBytes[firstLink + link] as number;
      const consumer = consumerOf[link] as number;
      if (consumer !== DEVICE) (bytesOf[consumer] as number) += bytes;
      radio[firstLink + link] = (8 * bytes) / (rates[firstTask + (granteeOf[link] as number)] as number);
      overWire[firstLink + link] = (wiredDelayS[k] as number) + (8 * bytes) / wired.rateBitPerS;
    }
    for (let task = 0; task < subTasks; task++) {
      const i = firstTask + task;
      const cycles = (cyclesPerByte[i] as number) * (bytesOf[task] as number);
      execution[SITES * i + LOCAL] = cycles / device.clockHz;
      execution[SITES * i + EDGE] = cycles / ((cores[i] as number) * edge.coreHz);
      execution[SITES * i + CLOUD] = cycles / cloud.clockHz;
    }
  }
  return into;
}

/**
 * The costs E(S, I): delays at their weight plus the price of what is used, each rounded to 2^-30 (about 1e-9) so that sums are
 * exact in any order and every solver sees the same ties.
 *
 * A sub-task pays: local, kappa f_L^2 xi joules; edge, its share m/M of the cores per grant and per second, and its share n/N
 * of the band per grant; cloud, seconds, and its share of the band per grant. A transfer pays its share of the band per second
 * on the radio link, and seconds on the wired link.
 *
 * `rates` and `into` as for delayTables.
 */
export function costTables(
  scenario: Scenario,
  states: States,
  rates = ratesOf(scenario, states),
  into = emptyTables(states),
): Tables {
  const { edge, radio, prices } = scenario;
  const { application, count, subcarriers, cores } = states;
  const { subTasks, dependencies } = application;
  const links = dependencies.length;
  const granteeOf = grantees(application);
  const kernels = nativeFor(count);
  if (kernels) {
    const { dataBytes, cyclesPerByte, wiredDelayS } = states;
    const given = [dataBytes, cyclesPerByte, subcarriers, cores, wiredDelayS, rates] as const;
    const { execution, radio, wired } = into;
    kernels.costTables(priceConstants(scenario), consumers(application), granteeOf, ...given, execution, radio, wired);
    return into;
  }
  const { perLocalS, perCloudS, perWiredS } = perSecondOf(scenario);
  delayTables(scenario, states, rates, into);
  for (let i = 0; i < count * subTasks; i++) {
    const coreShare = (cores[i] as number) / edge.cores;
    const bandPrice = prices.radioPerGrant * ((subcarriers[i] as number) / radio.subcarriers);
    const local = SITES * i + LOCAL;
    const atEdge = SITES * i + EDGE;
    const inCloud = SITES * i + CLOUD;
    into.execution[local] = exact(perLocalS * (into.execution[local] as number));
    into.execution[atEdge] = exact(
      (prices.perSecond + prices.edgePerSecond * coreShare) * (into.execution[atEdge] as number) +
        prices.edgePerGrant * coreShare +
        bandPrice,
    );
    into.execution[inCloud] = exact(perCloudS * (into.execution[inCloud] as number) + bandPrice);
  }
  for (let k = 0; k < count; k++) {
    for (let link = 0; link < links; link++) {
      const i = k * links + link;
      const bandShare = (subcarriers[k * subTasks + (granteeOf[link] as number)] as number) / radio.subcarriers;
      into.radio[i] = exact((prices.perSecond + prices.radioPerSecond * bandShare) * (into.radio[i] as number));
      into.wired[i] = exact(perWiredS * (into.wired[i] as number));
    }
  }
  return into;
}

/** What a second on the device, in the cloud and on the wire costs. */
function perSecondOf({ device, prices }: Scenario) {
  const joulesPerSecond = device.capacitance * device.clockHz ** 3;
  return {
    perLocalS: prices.perSecond + prices.localPerJoule * joulesPerSecond,
    perCloudS: prices.perSecond + prices.cloudPerSecond,
    perWiredS: prices.perSecond + prices.wiredPerSecond,
  };
}

/** What costs follow from, as the kernels take it (Prices in native/demonstrations.c). */
export function priceConstants(scenario: Scenario): Float64Array {
  const { device, edge, cloud, radio, wired, prices } = scenario;
  const { perLocalS, perCloudS, perWiredS } = perSecondOf(scenario);
  const { perSecond, radioPerGrant, radioPerSecond, edgePerGrant, edgePerSecond } = prices;
  return Float64Array.of(
    ...[device.clockHz, edge.coreHz, cloud.clockHz, wired.rateBitPerS, edge.cores, radio.subcarriers],
    ...[perSecond, perLocalS, perCloudS, perWiredS, radioPerGrant, radioPerSecond, edgePerGrant, edgePerSecond],
  );
}

/** Total of state k under the sites that `decisions` ([count x T]) gives its sub-tasks: executions plus transfers. */
export function totalOf(states: States, tables: Tables, decisions: Uint8Array, k: number): number {
  const { subTasks, dependencies } = states.application;
  let total = 0;
  for (let task = 0; task < subTasks; task++) {
    const i = k * subTasks + task;
    total += tables.execution[SITES * i + (decisions[i] as number)] as number;
  }
  for (let link = 0; link < dependencies.length; link++) {
    total += transferOf(states, tables, decisions, k, link);
  }
  return total;
}

/** What dependency `link` of state k comes to under the sites of its two ends. */
export function transferOf(states: States, tables: Tables, decisions: Uint8Array, k: number, link: number): number {
  const { subTasks, dependencies } = states.application;
  const { from, to } = dependencies[link] as { from: number; to: number };
  const source = from === DEVICE ? LOCAL : (decisions[k * subTasks + from] as number);
  const target = to === DEVICE ? LOCAL : (decisions[k * subTasks + to] as number);
  return transferBetween(tables, k * dependencies.length + link, source, target);
}

/** What the transfer at [index] of the tables comes to between two sites. */
export function transferBetween(tables: Tables, index: number, source: number, target: number): number {
  const crossing = SITES * source + target;
  return (
    (CROSSES_RADIO[crossing] as number) * (tables.radio[index] as number) +
    (CROSSES_WIRED[crossing] as number) * (tables.wired[index] as number)
  );
}

/** Totals of all states of a batch, [count]. */
export function totalsOf(states: States, tables: Tables, decisions: Uint8Array): Float64Array {
  const totals = new Float64Array(states.count);
  for (let k = 0; k < totals.length; k++) totals[k] = totalOf(states, tables, decisions, k);
  return totals;
}

/** The workload xi of a sub-task of state k: rho times its input bytes. */
export function workloadCycles(states: States, k: number, task: number): number {
  return (states.cyclesPerByte[k * states.application.subTasks + task] as number) * inputBytes(states, k, task);
}

/** The bytes on all dependencies that bring the input of a sub-task of state k. */
export function inputBytes(states: States, k: number, task: number): number {
  const { dependencies, inputs } = states.application;
  let bytes = 0;
  for (const link of inputs[task] as readonly number[]) {
    bytes += states.dataBytes[k * dependencies.length + link] as number;
  }
  return bytes;
}

/** For each dependency the sub-task that it brings input, or DEVICE. */
export function consumers({ dependencies }: Application): Int32Array {
  return Int32Array.from(dependencies, ({ to }) => to);
}

/** For each dependency the sub-task whose grant it is sent over: the consumer, or the producer of an output. */
export function grantees({ dependencies }: Application): Int32Array {
  return Int32Array.from(dependencies, ({ from, to }) => (to === DEVICE ? from : to));
}

/** Tables of zeros for a batch. */
export function emptyTables({ application, count }: States): Tables {
  return {
    execution: new Float64Array(count * application.subTasks * SITES),
    radio: new Float64Array(count * application.dependencies.length),
    wired: new Float64Array(count * application.dependencies.length),
  };
}

const GRID = 2 ** 30;
/** The largest number below a half. */
const UNDER_HALF = 0.5 - 2 ** -54;

/** Math.round(value * GRID) / GRID of what is not negative. Math.round itself branches, on what no processor can predict. */
function exact(value: number): number {
  return Math.floor(value * GRID + UNDER_HALF) * (1 / GRID);
}
