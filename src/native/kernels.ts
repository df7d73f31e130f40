/**
 * What native/addon.c exports. Of learning and deciding, each function is given the memory that the places of its table count from, and the place of the
 * table; what it writes has the bits that the WebAssembly writes. What makes demonstrations is given arrays (see demonstrations.h), and has the bits of
 * the TypeScript beside which it stands.
 */
export interface NativeKernels {
  /** Threads on which many rows go forward. */
  readonly threads: number;
  /** Does a part of a job of training. */
  part(memory: Uint8Array, table: number, job: number, part: number, thread: number): void;
  /** Makes the transposed kernels of the parameters as they are. */
  transpose(memory: Uint8Array, table: number): void;
  /** From features [rows x inputs] to the last layer's sums [rows x units], many rows on several threads. */
  forward(memory: Uint8Array, table: number, features: Float32Array, sums: Float32Array, rows: number): void;
  /** The same with a quantised network. */
  quantisedForward(memory: Uint8Array, table: number, features: Float32Array, sums: Float32Array, rows: number): void;
  drawStreams(prefix: Uint16Array, hashes: Float64Array, which: Float64Array, draws: Float64Array): void;
  /** Natural, binary and decimal logarithms, [3 x count], the last of numbers from 1 on. */
  logsOf(values: Float64Array, logs: Float64Array): void;
  convertDraws(draws: Float64Array, ...rangesAndStates: [...RangeArrays, ...StateArrays]): void;
  flatRates(about: Float64Array, subcarriers: Uint16Array, gains: Float32Array, rates: Float64Array): void;
  costTables(
    about: Float64Array,
    consumers: Int32Array,
    grantees: Int32Array,
    dataBytes: Float32Array,
    cyclesPerByte: Float32Array,
    subcarriers: Uint16Array,
    cores: Uint16Array,
    wiredDelayS: Float32Array,
    rates: Float64Array,
    ...tables: [execution: Float64Array, radio: Float64Array, wired: Float64Array]
  ): void;
  eliminate(
    steps: Int32Array,
    deviceTasks: Int32Array,
    ...tablesAndResults: [
      execution: Float64Array,
      radio: Float64Array,
      wired: Float64Array,
      decisions: Uint8Array,
      totals: Float64Array,
    ]
  ): void;
  encode(
    dataBytes: Float32Array,
    cyclesPerByte: Float32Array,
    rates: Float64Array,
    subcarriers: Uint16Array,
    cores: Uint16Array,
    wiredDelayS: Float32Array,
    features: Float32Array,
  ): void;
  demonstrate(
    prefix: Uint16Array,
    hashes: Float64Array,
    which: Float64Array,
    ...others: [
      ...RangeArrays,
      rateConstants: Float64Array,
      priceConstants: Float64Array,
      consumers: Int32Array,
      grantees: Int32Array,
      steps: Int32Array,
      deviceTasks: Int32Array,
      ...StateArrays,
      features: Float32Array,
      decisions: Uint8Array,
      totals: Float64Array,
    ]
  ): void;
}

/** What states are drawn from. `others` are least and span of subcarriers, of cores and of the wired delay. */
export type RangeArrays = [
  others: Float64Array,
  leastBytes: Float64Array,
  spanBytes: Float64Array,
  leastWork: Float64Array,
  spanWork: Float64Array,
];

/** The arrays of states; see States. */
type StateArrays = [
  dataBytes: Float32Array,
  cyclesPerByte: Float32Array,
  subcarriers: Uint16Array,
  cores: Uint16Array,
  gains: Float32Array,
  wiredDelayS: Float32Array,
];

/** The kernels as the set-up compiled them; undefined where it could not, in an installed library, on a processor without AVX2 and in a browser. */
export const native: NativeKernels | undefined = load();

function load(): NativeKernels | undefined {
  try {
    // Names that are put together are left alone by what bundles this for a browser.
    const kernels = require(`${__dirname}/../../native/kernels.node`);
    const { coresHere } = require(`${__dirname}/../cores`);
    return { ...kernels, threads: coresHere() };
  } catch {
    return undefined;
  }
}

/** The kernels where there are any and so many states are worth a call. Their logarithms are V8's; should its own ever be others, they are not used. */
export function nativeFor(states: number): NativeKernels | undefined {
  return states >= WORTH_A_CALL && hasSameLogs() ? native : undefined;
}

const WORTH_A_CALL = 8;

let sameLogs: boolean | undefined;

function hasSameLogs(): boolean {
  sameLogs ??= native !== undefined && logsAgree(native);
  return sameLogs;
}

function logsAgree(kernels: NativeKernels): boolean {
  const values = Float64Array.from({ length: 400 }, (_, i) => 1.037 ** i);
  const found = new Float64Array(3 * values.length);
  kernels.logsOf(values, found);
  return [Math.log, Math.log2, Math.log10].every((log, l) =>
    values.every((value, i) => found[l * values.length + i] === log(value)),
  );
}

/** The kernels. Throws where there are none. */
export function requireNative(): NativeKernels {
  if (!native) throw new Error("there are no native kernels here");
  return native;
}
