/**
 * Layers of a fully connected network, in AssemblyScript: 128-bit vectors of floats. Kernels are kept in panels of 8 columns,
 * [columns / 8][rows][8], so that a product goes through them from front to back. Pointers count bytes.
 *
 * Each sum starts at its bias and goes over the inputs in their order, whichever function computes it: one row gets the same bits alone
 * and among others.
 */

/** Columns of a panel. */
export const LANES: i32 = 8;

/** output[rows x outputs] = input[rows x inputs] kernel + bias, or what ReLU makes of it; rows in fours, outputs in eights. */
export function dense(
  input: usize,
  rows: i32,
  inputs: i32,
  kernel: usize,
  bias: usize,
  outputs: i32,
  output: usize,
  relu: bool,
): void {
  const inputRow = (<usize>inputs) << 2;
  const outputRow = (<usize>outputs) << 2;
  for (let j = 0; j < outputs; j += LANES) {
    const panel = kernel + ((<usize>(j * inputs)) << 2);
    const start = bias ? bias + ((<usize>j) << 2) : 0;
    for (let i = 0; i < rows; i += 4) {
      const to = output + <usize>i * outputRow + ((<usize>j) << 2);
      tile(input + <usize>i * inputRow, inputRow, 4, panel, inputs, start, to, outputRow, relu);
    }
  }
}

/** c[4 x 8] = start + a[4 x length] b, with b a panel; a's rows are `aRow` bytes apart, its columns `aColumn`, c's rows `cRow`. */
export function tile(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  length: i32,
  start: usize,
  c: usize,
  cRow: usize,
  relu: bool,
): void {
  let c00 = start ? v128.load(start) : f32x4.splat(0);
  let c01 = start ? v128.load(start, 16) : f32x4.splat(0);
  let c10 = c00;
  let c11 = c01;
  let c20 = c00;
  let c21 = c01;
  let c30 = c00;
  let c31 = c01;
  let a1 = a + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  const end = b + ((<usize>length) << 5);
  while (b < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a);
    c00 = f32x4.add(c00, f32x4.mul(x, b0));
    c01 = f32x4.add(c01, f32x4.mul(x, b1));
    x = v128.load32_splat(a1);
    c10 = f32x4.add(c10, f32x4.mul(x, b0));
    c11 = f32x4.add(c11, f32x4.mul(x, b1));
    x = v128.load32_splat(a2);
    c20 = f32x4.add(c20, f32x4.mul(x, b0));
    c21 = f32x4.add(c21, f32x4.mul(x, b1));
    x = v128.load32_splat(a3);
    c30 = f32x4.add(c30, f32x4.mul(x, b0));
    c31 = f32x4.add(c31, f32x4.mul(x, b1));
    b += 32;
    a += aColumn;
    a1 += aColumn;
    a2 += aColumn;
    a3 += aColumn;
  }
  if (relu) {
    const zero = f32x4.splat(0);
    c00 = f32x4.max(c00, zero);
    c01 = f32x4.max(c01, zero);
    c10 = f32x4.max(c10, zero);
    c11 = f32x4.max(c11, zero);
    c20 = f32x4.max(c20, zero);
    c21 = f32x4.max(c21, zero);
    c30 = f32x4.max(c30, zero);
    c31 = f32x4.max(c31, zero);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cRow;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cRow;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cRow;
  v128.store(c, c30);
  v128.store(c, c31, 16);
}
