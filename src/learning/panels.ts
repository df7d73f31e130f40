import { layerSlices, parameterCount } from "./network";

/** The least multiple that is not less than a value. */
export const roundUp = (value: number, multiple: number): number => multiple * Math.ceil(value / multiple);

/**
 * Where assembly/dense.ts has each parameter of a network whose widths are rounded up to `padded`: its kernels lie in panels of 8
 * columns, [columns / 8][rows][8].
 */
export function panelsOf(sizes: readonly number[], padded: readonly number[]): Uint32Array {
  const places = new Uint32Array(parameterCount(sizes));
  const packed = layerSlices(padded);
  for (const [layer, { inputs, units, kernel, bias }] of layerSlices(sizes).entries()) {
    const to = packed[layer] as (typeof packed)[number];
    for (let i = 0; i < inputs; i++) {
      for (let j = 0; j < units; j++) {
        places[kernel + i * units + j] = to.kernel + (j >> 3) * 8 * to.inputs + 8 * i + (j & 7);
      }
    }
    for (let j = 0; j < units; j++) places[bias + j] = to.bias + j;
  }
  return places;
}
