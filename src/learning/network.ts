import seedrandom from "seedrandom";
import { standardNormal } from "../random";

/**
 * A fully connected network with ReLU hidden layers. `sizes` are the units of each layer, input first; `parameters` holds, layer
 * by layer, the kernel [inputs x units] row by row, then the bias [units].
 */
export interface Network {
  readonly sizes: readonly number[];
  readonly parameters: Float32Array;
}

/** Where one layer's kernel and bias lie in the parameters. */
export interface LayerSlice {
  readonly inputs: number;
  readonly units: number;
  readonly kernel: number;
  readonly bias: number;
}

/** The layers of a network of these sizes, in order. */
export function layerSlices(sizes: readonly number[]): LayerSlice[] {
  let offset = 0;
  return sizes.slice(1).map((units, layer) => {
    const inputs = sizes[layer] as number;
    const slice = { inputs, units, kernel: offset, bias: offset + inputs * units };
    offset += (inputs + 1) * units;
    return slice;
  });
}

/** Number of parameters of a network of these sizes. */
export function parameterCount(sizes: readonly number[]): number {
  return layerSlices(sizes).reduce((sum, { inputs, units }) => sum + (inputs + 1) * units, 0);
}

/** A network to train: kernels from the normal distribution of variance 2/inputs (He et al., 2015), biases zero. */
export function initialNetwork(sizes: readonly number[], seed: string): Network {
  const random = seedrandom.alea(seed);
  const parameters = new Float32Array(parameterCount(sizes));
  for (const { inputs, units, kernel } of layerSlices(sizes)) {
    const deviation = Math.sqrt(2 / inputs);
    for (let i = kernel; i < kernel + inputs * units; i++) parameters[i] = deviation * standardNormal(random);
  }
  return { sizes, parameters };
}
