import { layerSlices, parameterCount } from "./network";

/** Columns of a panel: a matrix lies as [columns / 24][rows][24] in assembly/product.ts. */
export const PANEL_COLUMNS = 24;

/** The least multiple that is not less than a value. */
export const roundUp = (value: number, multiple: number): number => multiple * Math.ceil(value / multiple);

/** The place of (row, column) in a matrix in panels of `rows` rows. */
const placeInPanels = (rows: number, row: number, column: number): number =>
  (Math.floor(column / PANEL_COLUMNS) * rows + row) * PANEL_COLUMNS + (column % PANEL_COLUMNS);

/** Where each parameter of a network lies when its kernels are in panels and its widths rounded up to `padded`. */
export function panelsOf(sizes: readonly number[], padded: readonly number[]): Uint32Array {
  const places = new Uint32Array(parameterCount(sizes));
  const packed = layerSlices(padded);
  for (const [layer, { inputs, units, kernel, bias }] of layerSlices(sizes).entries()) {
    const to = packed[layer] as (typeof packed)[number];
    for (let i = 0; i < inputs; i++) {
      for (let j = 0; j < units; j++) places[kernel + i * units + j] = to.kernel + placeInPanels(to.inputs, i, j);
    }
    for (let j = 0; j < units; j++) places[bias + j] = to.bias + j;
  }
  return places;
}

/** A matrix in panels, from `place` on; each has room for `rows` rows. */
export interface PanelMatrix {
  readonly floats: Float32Array;
  readonly place: number;
  readonly rows: number;
}

/**
 * Copies `count` rows of `width` numbers, of values from row `first` on, into the first rows of a matrix in panels, and zeros into the rest
 * of its last panel there.
 */
export function putRows(
  values: Float32Array,
  first: number,
  count: number,
  width: number,
  { floats, place, rows }: PanelMatrix,
): void {
  for (let start = 0; start < width; start += PANEL_COLUMNS) {
    const used = Math.min(width - start, PANEL_COLUMNS);
    for (let row = 0; row < count; row++) {
      const from = (first + row) * width + start;
      const to = place + start * rows + row * PANEL_COLUMNS;
      for (let j = 0; j < used; j++) floats[to + j] = values[from + j] as number;
      for (let j = used; j < PANEL_COLUMNS; j++) floats[to + j] = 0;
    }
  }
}

/** The reverse of putRows. */
export function takeRows(
  { floats, place, rows }: PanelMatrix,
  values: Float32Array,
  first: number,
  count: number,
  width: number,
): void {
  for (let start = 0; start < width; start += PANEL_COLUMNS) {
    const used = Math.min(width - start, PANEL_COLUMNS);
    for (let row = 0; row < count; row++) {
      const to = (first + row) * width + start;
      const from = place + start * rows + row * PANEL_COLUMNS;
      for (let j = 0; j < used; j++) values[to + j] = floats[from + j] as number;
    }
  }
}
