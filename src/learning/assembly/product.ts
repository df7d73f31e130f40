/**
 * Products of matrices of which the left one is sparse, as what comes out of a ReLU is by half, in AssemblyScript: 128-bit vectors of
 * floats. Pointers count bytes.
 *
 * A matrix lies in panels of 24 columns, [columns / 24][rows][24]. The left matrix of a product is first made into lists, one a row: of
 * each of its values that is not zero the place of the panels' row that it weighs, and the value. Sums start at their bias and go over
 * the values in their order, so a row gets the same bits alone and among others.
 */

/** Columns of a panel: six sums, a row of the panel and a factor fit into the sixteen registers of x86-64 and so stay there. */
export const WIDTH: i32 = 24;

/** Bytes of a row of a panel. */
export const ROW: usize = 96;

/** A list begins with its end, as a pointer, and has 8 bytes an entry; so many bytes hold `count` of them, and what is written beyond. */
export function listBytes(count: i32): usize {
  return ((<usize>count) << 3) + 40;
}

/** A matrix's first rows as lists, one behind the other in `bytes` each; its panels are `panel` bytes apart. */
export function listRows(matrix: usize, panel: usize, columns: i32, rows: i32, lists: usize, bytes: usize): void {
  for (let r = 0; r < rows; r++) {
    let to = lists + 8;
    let from = matrix + <usize>r * ROW;
    for (let c = 0; c < columns; c += WIDTH) {
      to = gather(from, WIDTH, <i32>ROW, c * <i32>ROW, to);
      from += panel;
    }
    store<usize>(lists, to);
    lists += bytes;
  }
}

/**
 * Appends those of `count` 32-bit values, a multiple of 4, that are not zero to a list; the first has the place `place`, and places are `step`
 * apart. Four at a time and without a branch, which could not be predicted. Returns the list's end.
 */
export function gather(from: usize, count: i32, step: i32, place: i32, to: usize): usize {
  let places = i32x4.add(i32x4.splat(place), i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(step)));
  const zero = i32x4.splat(0);
  for (let i = 0; i < count; i += 4) {
    const values = v128.load(from);
    const mask = i32x4.bitmask(i32x4.ne(values, zero));
    const order = v128.load(ORDERS + ((<usize>mask) << 4));
    const chosen = i8x16.swizzle(values, order);
    const where = i8x16.swizzle(places, order);
    v128.store(to, v128.shuffle<i32>(where, chosen, 0, 4, 1, 5));
    v128.store(to, v128.shuffle<i32>(where, chosen, 2, 6, 3, 7), 16);
    to += (<usize>popcnt(mask)) << 3;
    places = i32x4.add(places, i32x4.splat(step << 2));
    from += 16;
  }
  return to;
}

/** For each set of four lanes the order of bytes that brings its lanes to the front. */
const ORDERS = memory.data<u8>([
  0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2,
  3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1,
  2, 3, 0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
  4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 12, 13, 14, 15, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 12, 13, 14, 15,
  0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 0,
  1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3,
  4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
]);

/** A matrix's columns as lists: of its transpose the rows. */
export function listColumns(matrix: usize, panel: usize, columns: i32, rows: i32, lists: usize, bytes: usize): void {
  for (let c = 0; c < columns; c++) {
    let from = matrix + <usize>(c / WIDTH) * panel + ((<usize>(c % WIDTH)) << 2);
    let to = lists + 8;
    for (let r = 0; r < rows; r++) {
      const value = load<u32>(from);
      store<usize>(to, <usize>r * ROW);
      store<u32>(to, value, 4);
      to += (<usize>(value !== 0)) << 3;
      from += ROW;
    }
    store<usize>(lists, to);
    lists += bytes;
  }
}

/**
 * c = start + a b, or what ReLU makes of it: a [rows] as lists, b and c in so many panels that are `bPanel` and `cPanel` bytes apart;
 * start, a row, is 0 for none.
 */
export function product(
  lists: usize,
  bytes: usize,
  rows: i32,
  b: usize,
  bPanel: usize,
  panels: i32,
  start: usize,
  c: usize,
  cPanel: usize,
  relu: bool,
): void {
  for (let p = 0; p < panels; p++) {
    let list = lists;
    let to = c;
    for (let r = 0; r < rows; r++) {
      sum(list, b, start, to, relu);
      list += bytes;
      to += ROW;
    }
    b += bPanel;
    c += cPanel;
    if (start) start += ROW;
  }
}

/** c[24] = start + the sum of the listed rows of a panel, each times its value. */
function sum(list: usize, panel: usize, start: usize, c: usize, relu: bool): void {
  const zero = f32x4.splat(0);
  let s0 = zero,
    s1 = zero,
    s2 = zero,
    s3 = zero,
    s4 = zero,
    s5 = zero;
  if (start) {
    s0 = v128.load(start);
    s1 = v128.load(start, 16);
    s2 = v128.load(start, 32);
    s3 = v128.load(start, 48);
    s4 = v128.load(start, 64);
    s5 = v128.load(start, 80);
  }
  const end = load<usize>(list);
  for (list += 8; list < end; list += 8) {
    const row = panel + load<usize>(list);
    const x = v128.load32_splat(list, 4);
    s0 = f32x4.add(s0, f32x4.mul(x, v128.load(row)));
    s1 = f32x4.add(s1, f32x4.mul(x, v128.load(row, 16)));
    s2 = f32x4.add(s2, f32x4.mul(x, v128.load(row, 32)));
    s3 = f32x4.add(s3, f32x4.mul(x, v128.load(row, 48)));
    s4 = f32x4.add(s4, f32x4.mul(x, v128.load(row, 64)));
    s5 = f32x4.add(s5, f32x4.mul(x, v128.load(row, 80)));
  }
  if (relu) {
    s0 = f32x4.max(s0, zero);
    s1 = f32x4.max(s1, zero);
    s2 = f32x4.max(s2, zero);
    s3 = f32x4.max(s3, zero);
    s4 = f32x4.max(s4, zero);
    s5 = f32x4.max(s5, zero);
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
  v128.store(c, s2, 32);
  v128.store(c, s3, 48);
  v128.store(c, s4, 64);
  v128.store(c, s5, 80);
}
