import { listBytes, listColumns, listRows, product, ROW, WIDTH } from "./product";

/**
 * Forward and backward passes and Adam for a fully connected network, with 128-bit vectors, on several threads that share the memory.
 *
 * A job is split into parts that do not depend on which thread does them: blocks of rows, each with a gradient of its own; and panels
 * of parameters, whose gradients are summed over the blocks in their order. So the result is the same bits for any number of threads.
 *
 * All matrices are in panels (see product.ts), their widths padded to multiples of 24.
 */

/** Most rows of a block. */
const BLOCK: i32 = 128;

/** Bytes of a panel of a block's rows. */
const PANEL: usize = 128 * 96;

// The jobs; what is neither of these two goes backward.
const FORWARD = 0,
  UPDATE = 2;

// Places in the table of settings that all threads share: 32-bit integers, of which the first six are the callers' own; pointers
// count bytes.
const LAYERS = 6,
  ROWS = 7, // of the batch
  ACTIVATIONS = 8, // per block: BLOCK rows of each layer's input, then of the last sums
  ACTIVATIONS_BYTES = 9,
  PARAMETERS = 10, // parameters, first and second moments of Adam, one behind the other
  PARAMETERS_BYTES = 11, // of one of them
  GRADIENTS = 12, // one a block
  SCRATCH = 13, // one a thread: two deltas of BLOCK rows, and lists
  SCRATCH_BYTES = 14,
  LISTS = 15, // from a thread's scratch to its lists
  RATE = 16, // learning rate / (1 - decay1^t), a float
  CORRECTION = 17, // 1 / (1 - decay2^t), a float
  SHIFT = 18, // bytes from the parameters to those of the forward pass, which may be others of the same shape
  FROZEN = 19, // bytes from the parameters to masks of those that stay as they are, 0 when all may change
  LAYER = 20; // per layer: inputs, outputs, kernel, bias, transposed kernel (none in the first layer)

let table: usize = 0;

function setting(index: i32): usize {
  return load<u32>(table + ((<usize>index) << 2));
}

function layerSetting(layer: i32, index: i32): usize {
  return setting(LAYER + 5 * layer + index);
}

/** Bytes of a matrix of a block's rows. */
function blockBytes(columns: i32): usize {
  return ((<usize>columns) << 2) * BLOCK;
}

/** To be called once on each thread, with the place of the table of settings. */
export function start(settings: usize): void {
  table = settings;
}

/** Does a part of a job: a block of rows, or of the update a panel of parameters. */
export function part(job: i32, index: i32, thread: i32): void {
  if (job === UPDATE) {
    update(index);
    return;
  }
  const scratch = setting(SCRATCH) + <usize>thread * setting(SCRATCH_BYTES);
  const rows = min(BLOCK, <i32>setting(ROWS) - index * BLOCK);
  if (job === FORWARD) forward(index, rows, scratch + setting(LISTS));
  else backward(index, rows, scratch);
}

/** From the inputs of a block to its last sums. */
function forward(block: i32, rows: i32, lists: usize): void {
  const layers = <i32>setting(LAYERS);
  const shift = setting(SHIFT);
  let input = setting(ACTIVATIONS) + <usize>block * setting(ACTIVATIONS_BYTES);
  for (let l = 0; l < layers; l++) {
    const inputs = <i32>layerSetting(l, 0);
    const kernel = layerSetting(l, 2) + shift,
      bias = layerSetting(l, 3) + shift;
    const output = input + blockBytes(inputs);
    const bytes = listBytes(inputs);
    listRows(input, PANEL, inputs, rows, lists, bytes);
    const panels = <i32>layerSetting(l, 1) / WIDTH;
    product(lists, bytes, rows, kernel, <usize>inputs * ROW, panels, bias, output, PANEL, l < layers - 1);
    input = output;
  }
}

/** The gradient of a block, from the error in the place of its last sums. */
function backward(block: i32, rows: i32, scratch: usize): void {
  const layers = <i32>setting(LAYERS);
  const toGradients = setting(GRADIENTS) + <usize>block * setting(PARAMETERS_BYTES) - setting(PARAMETERS);
  const lists = scratch + setting(LISTS);
  let delta = setting(ACTIVATIONS) + <usize>block * setting(ACTIVATIONS_BYTES);
  for (let l = 0; l < layers; l++) delta += blockBytes(<i32>layerSetting(l, 0));
  let input = delta;
  let next = scratch,
    other = scratch + setting(LISTS) / 2;
  for (let l = layers - 1; l >= 0; l--) {
    const inputs = <i32>layerSetting(l, 0),
      outputs = <i32>layerSetting(l, 1);
    input -= blockBytes(inputs);
    // gradient of the kernel = input^T delta
    listColumns(input, PANEL, inputs, rows, lists, listBytes(rows));
    const gradient = layerSetting(l, 2) + toGradients;
    product(lists, listBytes(rows), inputs, delta, PANEL, outputs / WIDTH, 0, gradient, <usize>inputs * ROW, false);
    sumRows(delta, rows, outputs, layerSetting(l, 3) + toGradients);
    if (l === 0) return;
    // delta of the layer before = delta kernel^T, where its output is not zero: the derivative of ReLU
    listRows(delta, PANEL, outputs, rows, lists, listBytes(outputs));
    const kernel = layerSetting(l, 4);
    product(lists, listBytes(outputs), rows, kernel, <usize>outputs * ROW, inputs / WIDTH, 0, next, PANEL, false);
    mask(next, input, inputs, rows);
    delta = next;
    next = other;
    other = delta;
  }
}

/** sums[columns] over the rows of a block. */
function sumRows(matrix: usize, rows: i32, columns: i32, sums: usize): void {
  for (let c = 0; c < columns; c += 4) {
    let from = matrix + <usize>(c / WIDTH) * PANEL + ((<usize>(c % WIDTH)) << 2);
    let sum = f32x4.splat(0);
    for (let r = 0; r < rows; r++) {
      sum = f32x4.add(sum, v128.load(from));
      from += ROW;
    }
    v128.store(sums + ((<usize>c) << 2), sum);
  }
}

/** Sets delta to zero where the activation is. */
function mask(delta: usize, activation: usize, columns: i32, rows: i32): void {
  const zero = f32x4.splat(0);
  for (let c = 0; c < columns; c += WIDTH) {
    const end = delta + <usize>rows * ROW;
    for (let at = delta, by = activation; at < end; at += 16, by += 16) {
      v128.store(at, v128.and(v128.load(at), f32x4.gt(v128.load(by), zero)));
    }
    delta += PANEL;
    activation += PANEL;
  }
}

/** Updates a panel of parameters, counted over all layers, and its copy in the transposed kernel. */
function update(panel: i32): void {
  let l = 0;
  for (; panel >= <i32>layerSetting(l, 1) / WIDTH; l++) panel -= <i32>layerSetting(l, 1) / WIDTH;
  const inputs = <i32>layerSetting(l, 0),
    outputs = <i32>layerSetting(l, 1),
    j = panel * WIDTH;
  const kernel = layerSetting(l, 2),
    transposed = layerSetting(l, 4);
  adam(layerSetting(l, 3) + ((<usize>j) << 2), WIDTH);
  adam(kernel + ((<usize>(j * inputs)) << 2), inputs * WIDTH);
  if (transposed) copyTransposed(kernel, transposed, inputs, outputs, j);
}

/** Adam on `count` parameters from `at` on (Kingma and Ba, 2015); their gradients are the sums over the blocks. */
function adam(at: usize, count: i32): void {
  const bytes = setting(PARAMETERS_BYTES);
  const toGradients = setting(GRADIENTS) - setting(PARAMETERS);
  const toFrozen = setting(FROZEN);
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
    const before = v128.load(at);
    const after = f32x4.sub(before, f32x4.div(f32x4.mul(first, rate), deviation));
    v128.store(at, toFrozen ? v128.bitselect(before, after, v128.load(at + toFrozen)) : after);
  }
}

/** The panel of the kernel that begins at column j, as rows j to j + 23 of the transposed kernel [inputs / 24][outputs][24]. */
function copyTransposed(kernel: usize, transposed: usize, inputs: i32, outputs: i32, j: i32): void {
  let from = kernel + ((<usize>(j * inputs)) << 2);
  for (let i = 0; i < inputs; i++) {
    let to = transposed + <usize>((i / WIDTH) * outputs + j) * ROW + ((<usize>(i % WIDTH)) << 2);
    for (let c = 0; c < WIDTH; c++) {
      store<f32>(to, load<f32>(from));
      from += 4;
      to += ROW;
    }
  }
}

/** Makes the transposed kernels of the parameters as they are. */
export function transpose(): void {
  const layers = <i32>setting(LAYERS);
  for (let l = 1; l < layers; l++) {
    const outputs = <i32>layerSetting(l, 1);
    for (let j = 0; j < outputs; j += WIDTH)
      copyTransposed(layerSetting(l, 2), layerSetting(l, 4), <i32>layerSetting(l, 0), outputs, j);
  }
}
