import { dense } from "./dense";

export { dense };

/**
 * One row through one layer, in AssemblyScript: what `dense` gives for it, sooner, because the inputs that are zero, as half of those
 * behind a ReLU, are left out. Outputs in 32s; `places` is room for as many 32-bit integers as there are inputs, and one more.
 */
export function row(
  input: usize,
  inputs: i32,
  kernel: usize,
  bias: usize,
  outputs: i32,
  output: usize,
  relu: bool,
  places: usize,
): void {
  const end = gather(input, inputs, places);
  const zero = f32x4.splat(0);
  const panel = (<usize>inputs) << 5;
  for (let j = 0; j < outputs; j += 32) {
    const p0 = kernel + ((<usize>(j * inputs)) << 2);
    const p1 = p0 + panel;
    const p2 = p1 + panel;
    const p3 = p2 + panel;
    const start = bias + ((<usize>j) << 2);
    let s0 = v128.load(start);
    let s1 = v128.load(start, 16);
    let s2 = v128.load(start, 32);
    let s3 = v128.load(start, 48);
    let s4 = v128.load(start, 64);
    let s5 = v128.load(start, 80);
    let s6 = v128.load(start, 96);
    let s7 = v128.load(start, 112);
    for (let place = places; place < end; place += 4) {
      const i = <usize>load<u32>(place);
      const x = v128.load32_splat(input + (i << 2));
      const at = i << 5;
      s0 = f32x4.add(s0, f32x4.mul(x, v128.load(p0 + at)));
      s1 = f32x4.add(s1, f32x4.mul(x, v128.load(p0 + at, 16)));
      s2 = f32x4.add(s2, f32x4.mul(x, v128.load(p1 + at)));
      s3 = f32x4.add(s3, f32x4.mul(x, v128.load(p1 + at, 16)));
      s4 = f32x4.add(s4, f32x4.mul(x, v128.load(p2 + at)));
      s5 = f32x4.add(s5, f32x4.mul(x, v128.load(p2 + at, 16)));
      s6 = f32x4.add(s6, f32x4.mul(x, v128.load(p3 + at)));
      s7 = f32x4.add(s7, f32x4.mul(x, v128.load(p3 + at, 16)));
    }
    if (relu) {
      s0 = f32x4.max(s0, zero);
      s1 = f32x4.max(s1, zero);
      s2 = f32x4.max(s2, zero);
      s3 = f32x4.max(s3, zero);
      s4 = f32x4.max(s4, zero);
      s5 = f32x4.max(s5, zero);
      s6 = f32x4.max(s6, zero);
      s7 = f32x4.max(s7, zero);
    }
    const to = output + ((<usize>j) << 2);
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
    v128.store(to, s4, 64);
    v128.store(to, s5, 80);
    v128.store(to, s6, 96);
    v128.store(to, s7, 112);
  }
}

/** Writes the places of the inputs that are not zero, without a branch; returns the end of the list. */
function gather(input: usize, inputs: i32, places: usize): usize {
  let to = places;
  for (let i = 0; i < inputs; i++) {
    store<u32>(to, <u32>i);
    to += (<usize>(load<f32>(input + ((<usize>i) << 2)) !== 0)) << 2;
  }
  return to;
}
