import { dense, LANES, tile } from "./dense";

/**
 * Forward and backward passes and Adam for a fully connected network, with 128-bit vectors, on several threads that share the memory.
 *
 * A job is split into parts that do not depend on which thread does them: blocks of rows, each with a gradient of its own; and panels
 * of parameters, whose gradients are summed over the blocks in their order. So the result is the same bits for any number of threads.
 *
 * All widths are padded to multiples of 8, blocks to multiples of 4 rows.
 */

/** Most rows of a block. */
const BLOCK: i32 = 128;

// The jobs; what is neither of these two goes backward.
const FORWARD = 1,
  UPDATE = 3;

// Places in the table of settings that all threads share: 32-bit integers, of which the first three are the callers' own; pointers
// count bytes.
const THREADS = 3,
  LAYERS = 4,
  ROWS = 5, // of the batch
  ACTIVATIONS = 6, // per block: BLOCK rows of each layer's input, then of the last sums
  ACTIVATIONS_BYTES = 7,
  PARAMETERS = 8, // parameters, first and second moments of Adam, one behind the other
  PARAMETERS_BYTES = 9, // of one of them
  GRADIENTS = 10, // one a block
  SCRATCH = 11, // one a thread: two deltas of BLOCK rows and a panel
  SCRATCH_BYTES = 12,
  RATE = 13, // learning rate / (1 - decay1^t), a float
  CORRECTION = 14, // 1 / (1 - decay2^t), a float
  SHIFT = 15, // bytes from the parameters to those of the forward pass, which may be others of the same shape
  LAYER = 16; // per layer: inputs, outputs, kernel, bias, transposed kernel (none in the first layer)

let table: usize = 0;

function setting(index: i32): usize {
  return load<u32>(table + ((<usize>index) << 2));
}

function layerSetting(layer: i32, index: i32): usize {
  return setting(LAYER + 5 * layer + index);
}

/** To be called once on each thread, with the place of the table of settings. */
export function start(settings: usize): void {
  table = settings;
}

/** This thread's share of a job. */
export function share(job: i32, thread: i32): void {
  const threads = <i32>setting(THREADS);
  if (job === UPDATE) {
    update(thread, threads);
    return;
  }
  const rows = <i32>setting(ROWS);
  const blocks = (rows + BLOCK - 1) / BLOCK;
  for (let b = thread; b < blocks; b += threads) {
    const padded = (min(BLOCK, rows - b * BLOCK) + 3) & ~3;
    if (job === FORWARD) forward(b, padded);
    else backward(b, padded, setting(SCRATCH) + <usize>thread * setting(SCRATCH_BYTES));
  }
}

/** From the inputs of a block to its last sums. */
function forward(block: i32, rows: i32): void {
  const layers = <i32>setting(LAYERS);
  const shift = setting(SHIFT);
  let input = setting(ACTIVATIONS) + <usize>block * setting(ACTIVATIONS_BYTES);
  for (let l = 0; l < layers; l++) {
    const inputs = <i32>layerSetting(l, 0),
      outputs = <i32>layerSetting(l, 1);
    const output = input + ((<usize>(BLOCK * inputs)) << 2);
    dense(input, rows, inputs, layerSetting(l, 2) + shift, layerSetting(l, 3) + shift, outputs, output, l < layers - 1);
    input = output;
  }
}

/** The gradient of a block, from the error in the place of its last sums. */
function backward(block: i32, rows: i32, scratch: usize): void {
  const layers = <i32>setting(LAYERS);
  const toGradients = setting(GRADIENTS) + <usize>block * setting(PARAMETERS_BYTES) - setting(PARAMETERS);
  let input = setting(ACTIVATIONS) + <usize>block * setting(ACTIVATIONS_BYTES);
  let widest = 0;
  for (let l = 0; l < layers; l++) {
    const inputs = <i32>layerSetting(l, 0);
    input += (<usize>(BLOCK * inputs)) << 2;
    widest = max(widest, inputs);
  }
  let delta = input;
  let next = scratch,
    other = scratch + ((<usize>(BLOCK * widest)) << 2);
  const panel = other + ((<usize>(BLOCK * widest)) << 2);
  for (let l = layers - 1; l >= 0; l--) {
    const inputs = <i32>layerSetting(l, 0),
      outputs = <i32>layerSetting(l, 1);
    input -= (<usize>(BLOCK * inputs)) << 2;
    gradientOf(
      input,
      rows,
      inputs,
      delta,
      outputs,
      panel,
      layerSetting(l, 2) + toGradients,
      layerSetting(l, 3) + toGradients,
    );
    if (l === 0) return;
    dense(delta, rows, outputs, layerSetting(l, 4), 0, inputs, next, false);
    mask(next, input, rows * inputs);
    delta = next;
    next = other;
    other = delta;
  }
}

/** gradient of a kernel, in panels = in^T delta; of the bias = sums of delta. Rows a multiple of 4. */
function gradientOf(
  input: usize,
  rows: i32,
  inputs: i32,
  delta: usize,
  outputs: i32,
  panel: usize,
  kernel: usize,
  bias: usize,
): void {
  const inRow = (<usize>inputs) << 2,
    deltaRow = (<usize>outputs) << 2;
  for (let j = 0; j < outputs; j += LANES) {
    let s0 = f32x4.splat(0),
      s1 = s0;
    let from = delta + ((<usize>j) << 2);
    for (let r = 0, to = panel; r < rows; r++, to += 32, from += deltaRow) {
      const d0 = v128.load(from),
        d1 = v128.load(from, 16);
      v128.store(to, d0);
      v128.store(to, d1, 16);
      s0 = f32x4.add(s0, d0);
      s1 = f32x4.add(s1, d1);
    }
    v128.store(bias + ((<usize>j) << 2), s0);
    v128.store(bias + ((<usize>j) << 2), s1, 16);
    const to = kernel + ((<usize>(j * inputs)) << 2);
    for (let i = 0; i < inputs; i += 4)
      tile(input + ((<usize>i) << 2), 4, inRow, panel, rows, 0, to + ((<usize>i) << 5), 32, false);
  }
}

/** Sets delta to zero where the activation is: the derivative of ReLU. */
function mask(delta: usize, activation: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const end = delta + ((<usize>count) << 2);
  for (; delta < end; delta += 16, activation += 16) {
    v128.store(delta, v128.and(v128.load(delta), f32x4.gt(v128.load(activation), zero)));
  }
}

/** Updates every `threads`th panel of parameters, and its copy in the transposed kernel. */
function update(thread: i32, threads: i32): void {
  const layers = <i32>setting(LAYERS);
  let panel = 0;
  for (let l = 0; l < layers; l++) {
    const inputs = <i32>layerSetting(l, 0);
    const outputs = <i32>layerSetting(l, 1);
    const kernel = layerSetting(l, 2);
    const transposed = layerSetting(l, 4);
    for (let j = 0; j < outputs; j += LANES, panel++) {
      if (panel % threads !== thread) continue;
      adam(layerSetting(l, 3) + ((<usize>j) << 2), LANES);
      adam(kernel + ((<usize>(j * inputs)) << 2), inputs * LANES);
      if (transposed) copyTransposed(kernel, transposed, inputs, outputs, j);
    }
  }
}

/** Adam on `count` parameters from `at` on (Kingma and Ba, 2015); their gradients are the sums over the blocks. */
function adam(at: usize, count: i32): void {
  const bytes = setting(PARAMETERS_BYTES);
  const toGradients = setting(GRADIENTS) - setting(PARAMETERS);
  const blocks = (<i32>setting(ROWS) + BLOCK - 1) / BLOCK;
  const rate = v128.load32_splat(table + (RATE << 2));
  const correction = v128.load32_splat(table + (CORRECTION << 2));
  const decay1 = f32x4.splat(0.9);
  const decay2 = f32x4.splat(0.999);
  const rest1 = f32x4.splat(1 - 0.9);
  const rest2 = f32x4.splat(1 - 0.999);
  const epsilon = f32x4.splat(1e-8);
  const end = at + ((<usize>count) << 2);
  for (; at < end; at += 16) {
    let from = at + toGradients;
    let gradient = v128.load(from);
    for (let b = 1; b < blocks; b++) {
      from += bytes;
      gradient = f32x4.add(gradient, v128.load(from));
    }
    const first = f32x4.add(f32x4.mul(v128.load(at + bytes), decay1), f32x4.mul(gradient, rest1));
    const square = f32x4.mul(gradient, gradient);
    const second = f32x4.add(f32x4.mul(v128.load(at + 2 * bytes), decay2), f32x4.mul(square, rest2));
    v128.store(at + bytes, first);
    v128.store(at + 2 * bytes, second);
    const deviation = f32x4.add(f32x4.sqrt(f32x4.mul(second, correction)), epsilon);
    v128.store(at, f32x4.sub(v128.load(at), f32x4.div(f32x4.mul(first, rate), deviation)));
  }
}

/** Panel j of the kernel, as rows j to j + 7 of the transposed kernel [inputs / 8][outputs][8]. */
function copyTransposed(kernel: usize, transposed: usize, inputs: i32, outputs: i32, j: i32): void {
  let from = kernel + ((<usize>(j * inputs)) << 2);
  for (let i = 0; i < inputs; i++, from += 32) {
    const to = transposed + ((<usize>((i & ~7) * outputs + (j << 3) + (i & 7))) << 2);
    store<f32>(to, load<f32>(from));
    store<f32>(to, load<f32>(from, 4), 32);
    store<f32>(to, load<f32>(from, 8), 64);
    store<f32>(to, load<f32>(from, 12), 96);
    store<f32>(to, load<f32>(from, 16), 128);
    store<f32>(to, load<f32>(from, 20), 160);
    store<f32>(to, load<f32>(from, 24), 192);
    store<f32>(to, load<f32>(from, 28), 224);
  }
}

/** Makes the transposed kernels of the parameters as they are. */
export function transpose(): void {
  const layers = <i32>setting(LAYERS);
  for (let l = 1; l < layers; l++) {
    const outputs = <i32>layerSetting(l, 1);
    for (let j = 0; j < outputs; j += LANES)
      copyTransposed(layerSetting(l, 2), layerSetting(l, 4), <i32>layerSetting(l, 0), outputs, j);
  }
}
