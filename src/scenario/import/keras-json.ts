import { InputError, show } from "../../errors";
import { quoted } from "./task-graph";

/** More layers than any network that could be split into sub-tasks. */
const LAYERS_MOST = 2000;

type Json = Record<string, unknown>;

/**
 * The topology of a layers model as TensorFlow.js reads it, out of a model.json or a Keras model's JSON: what Keras 3 writes
 * otherwise than Keras 2 is as there, and every weight starts at zero, since drawing millions of them would take seconds.
 *
 * Throws an InputError also where layers wait for each other or for one that is not there: TensorFlow.js would never return.
 */
export function kerasJson(content: unknown, file: string): object {
  const outer = isObject(content) && content.modelTopology ? content.modelTopology : content;
  const topology = isObject(outer) && outer.model_config ? outer.model_config : outer;
  if (!isObject(topology) || typeof topology.class_name !== "string" || !isObject(topology.config)) {
    throw new InputError(
      `${file} holds ${show(topology)}; allowed: a layers model, with modelTopology or class_name and config.`,
    );
  }
  const { class_name, config } = topology;
  if (!Array.isArray(config.layers)) {
    throw new InputError(`${file} has ${show(config.layers)} for its layers; allowed: a list.`);
  }
  try {
    return asInKeras2({ class_name, config }, file) as object;
  } catch (error) {
    throw error instanceof RangeError ? new InputError(`${file} is nested too deeply.`) : error;
  }
}

function asInKeras2(value: unknown, file: string): unknown {
  if (Array.isArray(value)) return value.map((item) => asInKeras2(item, file));
  if (!isObject(value)) return value;
  const models = modelsIn(value.layers);
  return Object.fromEntries(
    Object.entries(withInitializers(value)).map(([key, content]): [string, unknown] => {
      if (key.endsWith("_initializer")) return [key, { class_name: "Zeros", config: {} }];
      // A bias of its own for the forget gate is drawn too.
      if (key === "unit_forget_bias") return [key, false];
      if (key === "batch_shape") return ["batch_input_shape", content];
      if (key === "dtype" && isObject(content))
        return [key, isObject(content.config) ? content.config.name : "float32"];
      if (key === "layers" && Array.isArray(content)) return [key, layersInKeras2(content, models, file)];
      if ((key === "input_layers" || key === "output_layers") && Array.isArray(content)) {
        const ends = typeof content[0] === "string" ? [content] : content;
        return [key, ends.map((end) => (isKeras3(value.layers) ? inKeras2(end, models) : end))];
      }
      return [key, asInKeras2(content, file)];
    }),
  );
}

/** A layer that says of all its weights how they start: where it does not, it draws them, which takes as long. */
function withInitializers(value: Json): Json {
  const { class_name, config } = value;
  if (typeof class_name !== "string" || !isObject(config)) return value;
  // A separable convolution may not speak of a kernel.
  const kinds = [
    "recurrent",
    "embeddings",
    "depthwise",
    "pointwise",
    ...(/^Separable/.test(class_name) ? [] : ["kernel"]),
  ];
  return { ...value, config: { ...Object.fromEntries(kinds.map((kind) => [`${kind}_initializer`, null])), ...config } };
}

function layersInKeras2(layers: readonly unknown[], models: ReadonlySet<unknown>, file: string): unknown[] {
  if (layers.length > LAYERS_MOST) {
    throw new InputError(`${file} has ${layers.length} layers; allowed: at most ${LAYERS_MOST}.`);
  }
  const converted = layers.map((layer) => {
    if (!isObject(layer)) throw new InputError(`${file} has the layer ${show(layer)}; allowed: an object.`);
    const { inbound_nodes, ...rest } = asInKeras2(layer, file) as Json;
    if (!Array.isArray(layer.inbound_nodes)) return rest;
    const config = isObject(rest.config) ? { ...rest.config, name: rest.name } : rest.config;
    return { ...rest, config, inbound_nodes: layer.inbound_nodes.map((node) => inboundNode(node, models)) };
  });
  requireOrder(converted, models, file);
  return converted;
}

/** Names of the layers that are models themselves. */
function modelsIn(layers: unknown): Set<unknown> {
  const all = Array.isArray(layers) ? layers.filter(isObject) : [];
  return new Set(all.filter(({ config }) => isObject(config) && Array.isArray(config.layers)).map(({ name }) => name));
}

function isKeras3(layers: unknown): boolean {
  return (
    Array.isArray(layers) &&
    layers.some((layer) => isObject(layer) && Array.isArray(layer.inbound_nodes) && layer.inbound_nodes.some(isObject))
  );
}

/** Keras 2: [[layer, node, tensor, {}], ...]. Keras 3: {args: [tensor or list of them, ...]}, a tensor with its keras_history. */
function inboundNode(node: unknown, models: ReadonlySet<unknown>): unknown {
  if (!isObject(node)) return node;
  const found: unknown[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (isObject(value) && isObject(value.config) && Array.isArray(value.config.keras_history)) {
      found.push([...(inKeras2(value.config.keras_history, models) as unknown[]), {}]);
    }
  };
  look(node.args);
  return found;
}

/** In Keras 2 a model's node 0 is the making of it, and node 1 its first use as a layer; in Keras 3 that is node 0. */
function inKeras2(reference: unknown, models: ReadonlySet<unknown>): unknown {
  if (!Array.isArray(reference)) return reference;
  const [name, node, ...rest] = reference;
  return [name, models.has(name) ? Number(node) + 1 : node, ...rest];
}

/** A use of a layer: the layers, and which use of each, that it reads from. */
interface Use {
  readonly name: string;
  readonly reads: readonly (readonly [name: string, node: number])[];
}

function readOf(read: unknown, layer: string, file: string): Use["reads"][number] {
  const [name, node] = Array.isArray(read) ? read : [];
  if (typeof name !== "string" || !Number.isInteger(node) || node < 0) {
    throw new InputError(`${file}: layer ${quoted(layer)} reads from ${show(read)}; allowed: [layer, use, output].`);
  }
  return [name, node];
}

/** Throws an InputError unless all uses of layers can be made one after another. */
function requireOrder(layers: readonly Json[], models: ReadonlySet<unknown>, file: string): void {
  const made = new Map<string, number>();
  let waiting: Use[] = [];
  for (const { name, class_name, inbound_nodes } of layers) {
    if (!Array.isArray(inbound_nodes)) continue;
    if (typeof name !== "string" || made.has(name)) {
      throw new InputError(`${file} has a layer called ${show(name)}; allowed: a name that no other layer has.`);
    }
    made.set(name, class_name === "InputLayer" || models.has(name) ? 1 : 0);
    for (const node of inbound_nodes) {
      if (Array.isArray(node) && node.length > 0) {
        waiting.push({ name, reads: node.map((read) => readOf(read, name, file)) });
      }
    }
  }
  const isMade = ([name, node]: Use["reads"][number]) => node < (made.get(name) ?? 0);
  for (let before = -1; before !== waiting.length; ) {
    before = waiting.length;
    waiting = waiting.filter(({ name, reads }) => {
      if (!reads.every(isMade)) return true;
      made.set(name, (made.get(name) as number) + 1);
      return false;
    });
  }
  if (waiting.length === 0) return;
  const path = [waiting[0] as Use];
  for (;;) {
    const { name, reads } = path[path.length - 1] as Use;
    const missing = reads.find((read) => !isMade(read)) as Use["reads"][number];
    const next = waiting.find((use) => use.name === missing[0]);
    if (!next) {
      throw new InputError(
        `${file}: layer ${quoted(name)} reads from ${show(missing[0])}, use ${show(missing[1])}; allowed: layers and uses that are there.`,
      );
    }
    const again = path.indexOf(next);
    path.push(next);
    if (again >= 0) {
      const cycle = path
        .slice(again)
        .reverse()
        .map((use) => quoted(use.name));
      throw new InputError(`${file} has the cycle ${cycle.slice(0, 8).join(" -> ")}; allowed: none.`);
    }
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
