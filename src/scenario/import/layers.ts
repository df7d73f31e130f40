import type * as tensorflow from "@tensorflow/tfjs";
import { InputError } from "../../errors";
import { parseJson } from "../../files";
import { fromPackage } from "../../optional-package";
import type { Imported } from "./imported";
import { kerasJson } from "./keras-json";
import { inWords } from "./quantity";
import { type Link, measuredApplication, quoted, type Task } from "./task-graph";

/** Bytes of a value: activations are 32-bit floats. */
const VALUE_BYTES = 4;

/** Layers that only hand on what they read when the network is used. */
const FREE = new Set([
  ..."Dropout SpatialDropout1D AlphaDropout GaussianDropout GaussianNoise Masking".split(" "),
  ..."Flatten Reshape Permute RepeatVector ZeroPadding2D Cropping2D".split(" "),
]);

/** Layers that are too little work to be sub-tasks of their own. */
const CHEAP = new Set([
  ...FREE,
  ..."Activation ReLU LeakyReLU PReLU ELU ThresholdedReLU Softmax".split(" "),
  ..."BatchNormalization LayerNormalization Rescaling".split(" "),
]);

const RECURRENT = new Set("SimpleRNN LSTM GRU RNN Bidirectional ConvRNN2D ConvLSTM2D".split(" "));
const TRANSPOSED = new Set("Conv2DTranspose Conv3DTranspose".split(" "));

type Model = tensorflow.LayersModel;
type Tensor = tensorflow.SymbolicTensor;
type Layer = Tensor["sourceLayer"];

/** A tensor between calls: output number `output` of a call, or of the device (undefined) the input of that number. */
interface Value {
  readonly call: Call | undefined;
  readonly output: number;
  readonly bytes: number;
}

/** One use of a layer. */
interface Call {
  readonly layer: Layer;
  readonly reads: readonly Value[];
  /** The call whose sub-task it belongs to: itself, unless it is cheap and goes with another. */
  owner: Call | undefined;
  readonly multiplyAdds: number;
}

/**
 * Reads the layers of a neural network: the model.json of a TensorFlow.js layers model, or the JSON of a Keras model
 * (`model.to_json()`, Keras 2 or 3) of layers that TensorFlow.js knows. Weights are not looked at.
 *
 * A use of a layer is a sub-task; activations, normalisations, padding, dropout, and changes of shape go with the layer before them
 * (or after, where there is none). A dependency carries the activations that the one layer hands to the other, as 32-bit floats, for one
 * sample. The work is so many cycles for each multiply-add: of each weight of a kernel as often as it is used, and in layers
 * without a kernel one for each value that they read.
 */
export async function readLayers(text: string, file: string, cyclesPerMultiplyAdd: number): Promise<Imported> {
  const model = await modelOf(kerasJson(parseJson(text, file), file), file);
  try {
    const { calls, results } = callsOf(model, file);
    merge(calls, results);
    return imported(calls, results, cyclesPerMultiplyAdd, file);
  } finally {
    model.dispose();
  }
}

/** The model with all its shapes. TensorFlow is loaded only now, since that takes a second. */
async function modelOf(modelTopology: object, file: string): Promise<Model> {
  const tf: typeof tensorflow = fromPackage("@tensorflow/tfjs", () => require("@tensorflow/tfjs"));
  const isQuiet = tf.env().getBool("PROD");
  // Keeps the plain backend from advising another one.
  tf.env().set("PROD", true);
  try {
    const model = await tf.models.modelFromJSON({ modelTopology } as Parameters<typeof tf.models.modelFromJSON>[0]);
    if (!model.outputs?.length) throw new Error("it says no shape for its input");
    return model;
  } catch (error) {
    if (error instanceof RangeError && /call stack/.test(error.message)) {
      throw new InputError(`${file} is nested too deeply.`);
    }
    const reason = String(error instanceof Error ? error.message : error)
      .replaceAll(/\s+/g, " ")
      .slice(0, 200);
    throw new InputError(`TensorFlow.js cannot make a model of ${file} (${reason.replace(/\.$/, "")}).`);
  } finally {
    tf.env().set("PROD", isQuiet);
  }
}

/** A model within the whole: itself, or another that it uses as a layer. */
interface Frame {
  /** What comes in for the model's own inputs. */
  readonly inputs: ReadonlyMap<Tensor, Value>;
  /** The calls of its layers so far, by their first output tensor. */
  readonly calls: Map<Tensor, Call>;
  /** The models that it uses as layers, likewise. */
  readonly frames: Map<Tensor, Frame>;
}

/** The calls that lead to the outputs of a model, each after those that it reads from; and the values that are its outputs. */
function callsOf(model: Model, file: string): { calls: Call[]; results: Value[] } {
  const calls: Call[] = [];

  function valueAt(tensor: Tensor, frame: Frame): Value {
    const given = frame.inputs.get(tensor);
    if (given) return given;
    const node = tensor.sourceLayer.inboundNodes[tensor.nodeIndex] as Layer["inboundNodes"][number];
    const key = node.outputTensors[0] as Tensor;
    const inner = tensor.sourceLayer as Layer & Partial<Pick<Model, "layers" | "inputs" | "outputs">>;
    if (inner.layers && inner.inputs && inner.outputs) {
      const within = frame.frames.get(key) ?? {
        inputs: new Map(inner.inputs.map((input, i) => [input, valueAt(node.inputTensors[i] as Tensor, frame)])),
        calls: new Map(),
        frames: new Map(),
      };
      frame.frames.set(key, within);
      return valueAt(inner.outputs[tensor.tensorIndex] as Tensor, within);
    }
    let call = frame.calls.get(key);
    if (!call) {
      const reads = node.inputTensors.map((input) => valueAt(input, frame));
      const multiplyAdds = multiplyAddsOf(tensor.sourceLayer, node.inputTensors, node.outputTensors, file);
      call = { layer: tensor.sourceLayer, reads, owner: undefined, multiplyAdds };
      frame.calls.set(key, call);
      calls.push(call);
    }
    return { call, output: tensor.tensorIndex, bytes: VALUE_BYTES * sizeOf(tensor, file) };
  }

  const inputs = model.inputs.map((tensor, output): [Tensor, Value] => [
    tensor,
    { call: undefined, output, bytes: VALUE_BYTES * sizeOf(tensor, file) },
  ]);
  const frame: Frame = { inputs: new Map(inputs), calls: new Map(), frames: new Map() };
  return { calls, results: model.outputs.map((tensor) => valueAt(tensor, frame)) };
}

/** The shape of a tensor for one sample. */
function shapeOf({ shape, sourceLayer }: Tensor, file: string): number[] {
  const rest = shape.slice(1);
  if (!rest.every((size) => size !== null)) {
    throw new InputError(
      `${file}: layer ${quoted(sourceLayer.name)} gives the shape [${shape.map(String).join(", ")}]; allowed: null in the first place alone, so give the model an input of fixed shape.`,
    );
  }
  return rest as number[];
}

function sizeOf(tensor: Tensor, file: string): number {
  return product(shapeOf(tensor, file));
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

function multiplyAddsOf(layer: Layer, reads: readonly Tensor[], gives: readonly Tensor[], file: string): number {
  const kind = layer.getClassName();
  if (FREE.has(kind)) return 0;
  const kernels = layer.weights.filter(({ originalName }) => originalName.endsWith("kernel"));
  if (kernels.length === 0) return reads.reduce((total, tensor) => total + sizeOf(tensor, file), 0);
  const weights = kernels.reduce((total, { shape }) => total + product(shape as number[]), 0);
  const input = shapeOf(reads[0] as Tensor, file);
  const output = shapeOf(gives[0] as Tensor, file);
  const placesIn = (shape: readonly number[]) =>
    product((layer as { dataFormat?: string }).dataFormat === "channelsFirst" ? shape.slice(1) : shape.slice(0, -1));
  if (TRANSPOSED.has(kind)) return weights * placesIn(input);
  if (!RECURRENT.has(kind)) return weights * placesIn(output);
  const steps = input[0] as number;
  // A convolution in each step, over a picture.
  return weights * steps * (input.length > 2 ? placesIn(output.slice(-3)) : 1);
}

/** Finds the owner of each call. */
function merge(calls: readonly Call[], results: readonly Value[]): void {
  const cheap = ({ layer }: Call) => CHEAP.has(layer.getClassName());
  for (const call of calls) {
    const before = call.reads[0]?.call;
    call.owner = cheap(call) && call.reads.length === 1 && before ? before.owner : call;
  }
  // What is cheap and has nothing before it goes with the one that reads it.
  for (const first of calls) {
    if (first.owner !== first || !cheap(first)) continue;
    const members = calls.filter(({ owner }) => owner === first);
    const readers = new Set(
      calls.filter(({ owner, reads }) => owner !== first && reads.some(({ call }) => call?.owner === first)),
    );
    const owners = new Set([...readers].map(({ owner }) => owner));
    const isResult = results.some(({ call }) => call?.owner === first);
    if (owners.size === 1 && !isResult) for (const member of members) member.owner = [...owners][0];
  }
}

function imported(
  calls: readonly Call[],
  results: readonly Value[],
  cyclesPerMultiplyAdd: number,
  file: string,
): Imported {
  const owners = calls.filter((call) => call.owner === call);
  const indexOf = (call: Call) => owners.indexOf(call.owner as Call);
  const links: Link[] = [];
  const inputBytes = new Array<number>(owners.length).fill(0);
  const outputBytes = new Array<number>(owners.length).fill(0);
  const handed = new Set<string>();
  for (const call of calls) {
    for (const { call: from, output, bytes } of call.reads) {
      const to = indexOf(call);
      // A tensor that several layers of one sub-task read crosses once.
      const key = `${from ? calls.indexOf(from) : "device"} ${output} ${to}`;
      if (handed.has(key) || from?.owner === call.owner) continue;
      handed.add(key);
      if (from) links.push({ from: indexOf(from), to, bytes });
      else inputBytes[to] = (inputBytes[to] as number) + bytes;
    }
  }
  for (const { call, bytes } of results) {
    if (call) outputBytes[indexOf(call)] = (outputBytes[indexOf(call)] as number) + bytes;
  }
  const seen = new Map<string, number>();
  const tasks = owners.map((owner, index): Task => {
    const { name } = owner.layer;
    const use = (seen.get(name) ?? 0) + 1;
    seen.set(name, use);
    const multiplyAdds = calls.reduce((sum, call) => sum + (call.owner === owner ? call.multiplyAdds : 0), 0);
    return {
      name: use > 1 ? `${name} (${use})` : name,
      cycles: multiplyAdds * cyclesPerMultiplyAdd,
      inputBytes: inputBytes[index] as number,
      outputBytes: outputBytes[index] as number,
    };
  });
  const measured = measuredApplication(tasks, links, file);
  const multiplyAdds = calls.reduce((sum, call) => sum + call.multiplyAdds, 0);
  return {
    ...measured,
    sources: {
      "application.dependencies": `${file}: layers`,
      "application.measured.dataBytes": `${file}: activations as 32-bit floats`,
      "application.measured.inputBytes": `${file}: inputs as 32-bit floats`,
      "application.measured.outputBytes": `${file}: outputs as 32-bit floats`,
      "application.measured.cycles": `${file}: multiply-adds, cycles each: ${cyclesPerMultiplyAdd}`,
    },
    taken: [
      `A neural network of ${calls.length} layers with ${inWords(multiplyAdds, "multiply-adds")} a sample.`,
      ...measured.taken,
    ],
    assumed: [
      `Cycles for a multiply-add: ${cyclesPerMultiplyAdd}; bytes of a value: ${VALUE_BYTES}.`,
      ...measured.assumed,
    ],
  };
}
