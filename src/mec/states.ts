import { type NativeKernels, nativeFor, type RangeArrays } from "../native/kernels";
import { meanSnrDbOf } from "../scenario/link-budget";
import type { Scenario } from "../scenario/scenario";
import { aleaStreams } from "./alea";
import { type Application, applicationOf, DEVICE } from "./application";

/**
 * A batch of system states S as a structure of arrays: row k of each array is state k. T sub-tasks, E dependencies, G gains
 * a sub-task. Real quantities are sampled as 32-bit floats, so a stored state is the very state that was decided on.
 */
export interface States {
  readonly application: Application;
  readonly count: number;
  /** [count x E] bytes on each dependency: d. */
  readonly dataBytes: Float32Array;
  /** [count x T] cycles per byte of input: rho. */
  readonly cyclesPerByte: Float32Array;
  /** [count x T] subcarriers granted: n. */
  readonly subcarriers: Uint16Array;
  /** [count x T] cores granted at the edge: m. */
  readonly cores: Uint16Array;
  /**
   * [count x T x G] power gains g. Rayleigh fading: exponential with mean 1 (flat: G = 1; selective: one a block). Trace: G = 1,
   * the gain at which the band carries the measured throughput.
   */
  readonly gains: Float32Array;
  /** [count] seconds of delay W on the wired link. */
  readonly wiredDelayS: Float32Array;
}

/** Subcarriers in a resource block of LTE/NR, over which the gain is constant in selective fading. */
export const BLOCK_SUBCARRIERS = 12;

/** Gains sampled for a sub-task: one, or in selective fading one a resource block of the largest grant. */
export function gainsPerSubTask({ radio }: Scenario): number {
  return radio.fading === "selective" ? Math.ceil(radio.subcarriersGranted[1] / BLOCK_SUBCARRIERS) : 1;
}

/** An empty batch for a scenario: all arrays zero. */
export function emptyStates(scenario: Scenario, count: number): States {
  const application = applicationOf(scenario);
  const { subTasks, dependencies } = application;
  return {
    application,
    count,
    dataBytes: new Float32Array(count * dependencies.length),
    cyclesPerByte: new Float32Array(count * subTasks),
    subcarriers: new Uint16Array(count * subTasks),
    cores: new Uint16Array(count * subTasks),
    gains: new Float32Array(count * subTasks * gainsPerSubTask(scenario)),
    wiredDelayS: new Float32Array(count),
  };
}

/**
 * Samples the states first, ..., first + count - 1 of the stream that `seed` names. State k depends on (seed, k) alone: its
 * generator is seedrandom's Alea seeded with the text `seed/k`, and draws in this order: bytes of each dependency, cycles
 * per byte of each sub-task, subcarriers of each, cores of each, gains of each, wired delay.
 *
 * With `application.measured` the bytes of a dependency are its own times a number from the range `scale`, and the cycles per
 * byte of a sub-task are always its work over its input, so that the work goes with the input. With `radio.trace` the first
 * draw for the gains says where in the trace the sub-tasks' consecutive samples begin; the others are left over, so that all
 * else is as with flat fading. The states are put into the memory of those given.
 */
export function sampleStates(
  scenario: Scenario,
  seed: string,
  first: number,
  count: number,
  states = emptyStates(scenario, count),
): States {
  const { radio } = scenario;
  const subTasks = states.application.subTasks;
  const links = states.application.dependencies.length;
  const gains = subTasks * gainsPerSubTask(scenario);
  const width = links + 3 * subTasks + gains + 1;
  const ranges = uniformsOf(scenario, states.application);
  const rangesOfKernels = rangeArrays(ranges);
  const trace = radio.fading === "trace" ? traceGains(scenario) : undefined;
  const draws = new Float64Array(Math.min(count, DRAWN) * width);
  const draw = aleaStreams(prefixOf(seed));
  for (let done = 0; done < count; done += DRAWN) {
    const rows = Math.min(DRAWN, count - done);
    const block = { draws: draws.subarray(0, rows * width), width, states: sliceStates(states, done, rows) };
    draw(first + done, rows, block.draws);
    const kernels = nativeFor(rows);
    if (kernels) convertNatively(kernels, block, rangesOfKernels, trace !== undefined);
    else convert(block, ranges, trace !== undefined);
    if (trace) windowOf(block, links + 3 * subTasks, trace);
  }
  return states;
}

/** What the texts that seed the generators of a stream begin with; the state's number follows. */
export const prefixOf = (seed: string): string => `${seed}/`;

/** The rows first, ..., first + count - 1 of a batch, without copying. */
export function sliceStates(states: States, first: number, count: number): States {
  const rows = <Numbers extends Float32Array | Uint16Array>(array: Numbers): Numbers => {
    const width = array.length / states.count;
    return array.subarray(first * width, (first + count) * width) as Numbers;
  };
  return {
    application: states.application,
    count,
    dataBytes: rows(states.dataBytes),
    cyclesPerByte: rows(states.cyclesPerByte),
    subcarriers: rows(states.subcarriers),
    cores: rows(states.cores),
    gains: rows(states.gains),
    wiredDelayS: rows(states.wiredDelayS),
  };
}

/** States whose draws are made at a time. */
const DRAWN = 256;

type Range = readonly [least: number, most: number];

/** What quantities side by side are uniform on: from least to least + span, each [width]. */
interface Uniforms {
  readonly least: Float64Array;
  readonly span: Float64Array;
}

function sameUniforms([least, most]: Range, width: number): Uniforms {
  return { least: new Float64Array(width).fill(least), span: new Float64Array(width).fill(most - least) };
}

/** As many whole numbers, from the least to the most, as a span has. */
function wholeUniforms([least, most]: Range, width: number): Uniforms {
  return sameUniforms([least, most + 1], width);
}

/** What the quantities of a state are drawn from. */
interface Ranges {
  readonly bytes: Uniforms;
  readonly work: Uniforms;
  readonly subcarriers: Uniforms;
  readonly cores: Uniforms;
  readonly delay: Uniforms;
}

function uniformsOf(scenario: Scenario, graph: Application): Ranges {
  const { application, radio, edge, wired } = scenario;
  const { dataBytes, cyclesPerByte, measured } = application;
  const { subTasks, inner, dependencies, inputs } = graph;
  const others = {
    subcarriers: wholeUniforms(radio.subcarriersGranted, subTasks),
    cores: wholeUniforms(edge.coresGranted, subTasks),
    delay: sameUniforms(wired.delayS, 1),
  };
  if (!measured) {
    const bytes = sameUniforms(dataBytes, dependencies.length);
    return { bytes, work: sameUniforms(cyclesPerByte, subTasks), ...others };
  }
  const own = Float64Array.from(dependencies, ({ from, to }, link) => {
    if (link < inner) return measured.dataBytes[link] as number;
    return (from === DEVICE ? measured.inputBytes[to] : measured.outputBytes[from]) as number;
  });
  const [least, most] = measured.scale;
  const perByte = Float64Array.from(measured.cycles, (cycles, task) => {
    const input = (inputs[task] as readonly number[]).reduce((sum, link) => sum + (own[link] as number), 0);
    return cycles === 0 ? 0 : cycles / input;
  });
  return {
    bytes: { least: own.map((bytes) => bytes * least), span: own.map((bytes) => bytes * (most - least)) },
    work: { least: perByte, span: new Float64Array(subTasks) },
    ...others,
  };
}

/** For each sample of the trace the gain g at which B log2(1 + snr g) is the measured throughput. */
function traceGains(scenario: Scenario): Float64Array {
  const { trace = [], bandwidthHz } = scenario.radio;
  const snr = meanSnr(scenario);
  return Float64Array.from(trace, (bitPerS) => Math.expm1((Math.LN2 * bitPerS) / bandwidthHz) / snr);
}

/** Draws [count x width] and the states that they become. */
interface DrawnBlock {
  readonly draws: Float64Array;
  readonly width: number;
  readonly states: States;
}

/** Makes states of draws; with a trace, all but the gains. */
function convert(block: DrawnBlock, { bytes, work, subcarriers, cores, delay }: Ranges, traced: boolean): void {
  const { states, width } = block;
  let column = uniform(block, 0, states.dataBytes, bytes);
  column = uniform(block, column, states.cyclesPerByte, work);
  column = uniformInteger(block, column, states.subcarriers, subcarriers);
  column = uniformInteger(block, column, states.cores, cores);
  if (!traced) exponential(block, column, states.gains);
  uniform(block, width - 1, states.wiredDelayS, delay);
}

function convertNatively(
  kernels: NativeKernels,
  { draws, states }: DrawnBlock,
  ranges: RangeArrays,
  traced: boolean,
): void {
  kernels.convertDraws(
    draws,
    ...ranges,
    ...([states.dataBytes, states.cyclesPerByte, states.subcarriers, states.cores] as const),
    traced ? states.gains.subarray(0, 0) : states.gains,
    states.wiredDelayS,
  );
}

/** The ranges that a scenario's states are drawn from, as the kernels take them. */
export function drawnRanges(scenario: Scenario, application: Application): RangeArrays {
  return rangeArrays(uniformsOf(scenario, application));
}

function rangeArrays({ bytes, work, subcarriers, cores, delay }: Ranges): RangeArrays {
  const others = [subcarriers, cores, delay].flatMap(({ least, span }) => [least[0] as number, span[0] as number]);
  return [Float64Array.from(others), bytes.least, bytes.span, work.least, work.span];
}

// Each of these makes an array of the draws from column `column` on, and returns the column behind them.

function uniform(block: DrawnBlock, column: number, array: Float32Array, { least, span }: Uniforms): number {
  const { draws, width, states } = block;
  const each = least.length;
  for (let k = 0; k < states.count; k++) {
    for (let i = 0; i < each; i++) {
      array[k * each + i] = (least[i] as number) + (draws[k * width + column + i] as number) * (span[i] as number);
    }
  }
  return column + each;
}

function uniformInteger(block: DrawnBlock, column: number, array: Uint16Array, { least, span }: Uniforms): number {
  const { draws, width, states } = block;
  const each = least.length;
  for (let k = 0; k < states.count; k++) {
    for (let i = 0; i < each; i++) {
      const draw = draws[k * width + column + i] as number;
      array[k * each + i] = (least[i] as number) + Math.floor(draw * (span[i] as number));
    }
  }
  return column + each;
}

/** Exponential with mean 1. Alea draws multiples of 2^-32; half a step more keeps the gain above zero and so the rate. */
function exponential({ draws, width, states }: DrawnBlock, column: number, array: Float32Array): void {
  const each = array.length / states.count;
  for (let k = 0; k < states.count; k++) {
    for (let i = 0; i < each; i++) {
      array[k * each + i] = -Math.log((draws[k * width + column + i] as number) + 2 ** -33);
    }
  }
}

/** Consecutive gains of the trace, from the place that the draw of a column names. */
function windowOf({ draws, width, states }: DrawnBlock, column: number, trace: Float64Array): void {
  const { gains, count } = states;
  const each = gains.length / count;
  for (let k = 0; k < count; k++) {
    const start = Math.floor((draws[k * width + column] as number) * (trace.length - each + 1));
    for (let i = 0; i < each; i++) gains[k * each + i] = trace[start + i] as number;
  }
}

/** The mean signal-to-noise ratio as a factor, from meanSnrDb or the link budget. */
export function meanSnr({ radio }: Scenario): number {
  return 10 ** (meanSnrDbOf(radio) / 10);
}

/** Spectral efficiency of the lowest modulation and coding scheme of LTE and NR (3GPP TS 36.213, table 7.2.3-1). */
export const LOWEST_EFFICIENCY = 0.1523;

/**
 * The rate r in bit/s of each sub-task's grant, [count x T].
 *
 * Flat fading and trace: n (B/N) max(log2(1 + snr g), 0.1523); the floor keeps the mean of 1/r finite, and a transfer in a gap of
 * a trace from lasting for ever. Selective fading: the sum over the granted subcarriers of (B/N) log2(1 + snr g of their block).
 */
export function ratesOf(scenario: Scenario, states: States): Float64Array {
  return scenario.radio.fading === "selective" ? selectiveRates(scenario, states) : flatRates(scenario, states);
}

/** What rates follow from: the mean signal-to-noise ratio, the hertz of a subcarrier and the least efficiency. */
export function rateConstants(scenario: Scenario): readonly [snr: number, spacingHz: number, least: number] {
  const { bandwidthHz, subcarriers } = scenario.radio;
  return [meanSnr(scenario), bandwidthHz / subcarriers, LOWEST_EFFICIENCY];
}

function flatRates(scenario: Scenario, { count, subcarriers, gains }: States): Float64Array {
  const rates = new Float64Array(subcarriers.length);
  const constants = rateConstants(scenario);
  const kernels = nativeFor(count);
  if (kernels) {
    kernels.flatRates(Float64Array.from(constants), subcarriers, gains, rates);
    return rates;
  }
  const [snr, spacingHz, least] = constants;
  for (let i = 0; i < rates.length; i++) {
    const efficiency = Math.max(Math.log2(1 + snr * (gains[i] as number)), least);
    rates[i] = (subcarriers[i] as number) * spacingHz * efficiency;
  }
  return rates;
}

function selectiveRates(scenario: Scenario, { subcarriers, gains }: States): Float64Array {
  const [snr, spacingHz] = rateConstants(scenario);
  const rates = new Float64Array(subcarriers.length);
  const blocks = gains.length / subcarriers.length;
  for (let i = 0; i < rates.length; i++) {
    const granted = subcarriers[i] as number;
    let sum = 0;
    for (let block = 0; block * BLOCK_SUBCARRIERS < granted; block++) {
      const width = Math.min(BLOCK_SUBCARRIERS, granted - block * BLOCK_SUBCARRIERS);
      const ratio = snr * (gains[i * blocks + block] as number);
      // A ratio that 1 swallows still carries something: a rate of 0 would make a cost infinite.
      sum += width * (1 + ratio === 1 ? ratio / Math.LN2 : Math.log2(1 + ratio));
    }
    rates[i] = spacingHz * sum;
  }
  return rates;
}
