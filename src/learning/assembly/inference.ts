import { gather, listBytes, listRows, product, ROW, WIDTH } from "./product";

/** Rows through one layer, in AssemblyScript; input and output are in panels `panel` bytes apart (see product.ts). */
export function layer(
  input: usize,
  panel: usize,
  rows: i32,
  inputs: i32,
  kernel: usize,
  bias: usize,
  outputs: i32,
  output: usize,
  relu: bool,
  lists: usize,
): void {
  const bytes = listBytes(inputs);
  listRows(input, panel, inputs, rows, lists, bytes);
  product(lists, bytes, rows, kernel, <usize>inputs * ROW, outputs / WIDTH, bias, output, panel, relu);
}

/** A quantised kernel lies in panels [inputs][columns] of WIDE columns, and what is left over in panels of NARROW ones. */
const NARROW: i32 = 32;
const WIDE: i32 = NARROW << 2;

/** The largest quantised value. */
const LARGEST: f32 = 127;

/**
 * One row through a quantised layer (see ../quantised.ts). The input [inputs] are 32-bit integers that hold a 16-bit value twice, and so is the
 * output of a hidden layer; that of the last one are 32-bit floats.
 */
export function quantisedLayer(
  input: usize,
  inputs: i32,
  kernel: usize,
  scales: usize,
  biases: usize,
  outputs: i32,
  output: usize,
  last: bool,
  list: usize,
): void {
  let end = gather(input, inputs, NARROW, 0, list);
  // One that is left over has a zero beside it.
  store<u64>(end, 0);
  end += (end - list) & 8;
  let left = outputs;
  while (left > 0) {
    const shift = left < WIDE ? 0 : 2;
    const columns = NARROW << shift;
    for (let k = 0; k < columns; k += NARROW) {
      quantisedSums(list, end, kernel + k, shift, scales, biases, output, last);
      scales += 4 * NARROW;
      biases += 4 * NARROW;
      output += 4 * NARROW;
    }
    kernel += <usize>(inputs * columns);
    left -= columns;
  }
}

/**
 * NARROW columns of a panel that is 2^`shift` times as wide. The products of two inputs that are not zero are added, then to the sum of 16 bits, which stays at the
 * ends of its range.
 */
function quantisedSums(
  list: usize,
  end: usize,
  kernel: usize,
  shift: usize,
  scales: usize,
  biases: usize,
  output: usize,
  last: bool,
): void {
  let s0 = i16x8.splat(0),
    s1 = s0,
    s2 = s0,
    s3 = s0;
  for (let entry = list; entry < end; entry += 16) {
    const a = kernel + (load<usize>(entry) << shift);
    const b = kernel + (load<usize>(entry, 8) << shift);
    const x = v128.load32_splat(entry, 4);
    const y = v128.load32_splat(entry, 12);
    s0 = i16x8.add_sat_s(s0, i16x8.add(i16x8.mul(x, v128.load8x8_s(a)), i16x8.mul(y, v128.load8x8_s(b))));
    s1 = i16x8.add_sat_s(s1, i16x8.add(i16x8.mul(x, v128.load8x8_s(a, 8)), i16x8.mul(y, v128.load8x8_s(b, 8))));
    s2 = i16x8.add_sat_s(s2, i16x8.add(i16x8.mul(x, v128.load8x8_s(a, 16)), i16x8.mul(y, v128.load8x8_s(b, 16))));
    s3 = i16x8.add_sat_s(s3, i16x8.add(i16x8.mul(x, v128.load8x8_s(a, 24)), i16x8.mul(y, v128.load8x8_s(b, 24))));
  }
  finish(s0, scales, biases, output, last);
  finish(s1, scales + 32, biases + 32, output + 32, last);
  finish(s2, scales + 64, biases + 64, output + 64, last);
  finish(s3, scales + 96, biases + 96, output + 96, last);
}

/** From eight sums to eight outputs. */
function finish(sums: v128, scales: usize, biases: usize, output: usize, last: bool): void {
  const low = scaled(i32x4.extend_low_i16x8_s(sums), scales, biases);
  const high = scaled(i32x4.extend_high_i16x8_s(sums), scales + 16, biases + 16);
  v128.store(output, last ? low : twice(f32x4.max(low, f32x4.splat(0))));
  v128.store(output, last ? high : twice(f32x4.max(high, f32x4.splat(0))), 16);
}

function scaled(sums: v128, scales: usize, biases: usize): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sums), v128.load(scales)), v128.load(biases));
}

/** Values rounded (half to even), at most 127, at least -127, in both halves of 32 bits. */
function twice(values: v128): v128 {
  const rounded = f32x4.nearest(f32x4.max(f32x4.min(values, f32x4.splat(LARGEST)), f32x4.splat(-LARGEST)));
  const low = v128.and(i32x4.trunc_sat_f32x4_s(rounded), i32x4.splat(0xffff));
  return v128.or(low, i32x4.shl(low, 16));
}

/** Floats [count] in place, each times `factor`, as the input of a quantised layer; a multiple of 4. */
export function quantiseInput(values: usize, count: i32, factor: f32): void {
  for (let i = 0; i < count; i += 4) {
    v128.store(values, twice(f32x4.mul(v128.load(values), f32x4.splat(factor))));
    values += 16;
  }
}
