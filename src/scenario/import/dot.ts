import parseDot, { type Attr, type EdgeStmt, type Graph, type NodeId, type Stmt, type Subgraph } from "dotparser";
import { InputError, show } from "../../errors";
import type { Imported } from "./imported";
import { bytesOf, cyclesOf, SIZES, WORKS } from "./quantity";
import { type Link, measuredApplication, quoted, type Task, topologicalNumbers } from "./task-graph";

/** The most edges; an application has at most 20,000 dependencies, of which several may be between the same two. */
const EDGES_MOST = 100_000;

/** The most characters of a graph; the parser takes sixty bytes of memory for each. */
const CHARACTERS_MOST = 4_000_000;

/** The node that stands for the device. */
const DEVICE_NODE = "device";

type Attributes = ReadonlyMap<string, Attr["eq"]>;

/** Attributes that nodes and edges have by default. */
interface Defaults {
  readonly node: Attributes;
  readonly edge: Attributes;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly attributes: Attributes;
}

/**
 * Reads a directed graph in the DOT language of Graphviz: nodes are sub-tasks, edges are dependencies.
 *
 *     digraph { device -> a [size="1.2 MB"]; a -> b [bytes=3000]; b -> device; a [cycles=2e9]; b [work="3 Gcycles"] }
 *
 * An edge says its data as `bytes`, `size` or a `label` with a unit, a node its work as `cycles`, `work` or a `label` with a unit; of
 * several the last one counts.
 * Edges from and to the node "device" are input and output; they carry nothing where they do not say. Where no edge and no node
 * says anything, sizes and work are left to the scenario; where some do, an edge or node that does not is refused.
 */
export function readDot(text: string, file: string): Imported {
  if (text.length > CHARACTERS_MOST) {
    throw new InputError(`${file} has ${text.length} characters; allowed: at most ${CHARACTERS_MOST} of DOT.`);
  }
  const graph = parse(text, file);
  if (graph.type !== "digraph") {
    throw new InputError(`${file} has a ${graph.type}; allowed: a digraph, since data go one way.`);
  }
  const nodes = new Map<string, Attributes>();
  const edges: Edge[] = [];
  collect(graph.children, { node: new Map(), edge: new Map() }, nodes, edges, file);
  nodes.delete(DEVICE_NODE);
  const names = [...nodes.keys()];
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const inner = edges.filter(({ from, to }) => from !== DEVICE_NODE && to !== DEVICE_NODE);
  const ends = (edge: Edge) => ({ from: indexOf.get(edge.from) as number, to: indexOf.get(edge.to) as number });
  const sizes = new Map(edges.map((edge) => [edge, sizeOf(edge, file)]));
  const works = new Map(names.map((name) => [name, workOf(name, nodes.get(name) as Attributes, file)]));
  const says = [...sizes.values(), ...works.values()].some((value) => value !== undefined);
  if (!says) return bareGraph(names, inner.map(ends), file);

  const links = inner.map((edge): Link => {
    const bytes = sizes.get(edge);
    if (bytes === undefined) {
      throw new InputError(`${file}: edge ${nameOf(edge)} has no size; allowed: bytes, size or label with ${SIZES}.`);
    }
    return { ...ends(edge), bytes };
  });
  const total = (of: (edge: Edge) => boolean) =>
    edges.filter(of).reduce((sum, edge) => sum + (sizes.get(edge) ?? 0), 0);
  const tasks = names.map((name): Task => {
    const cycles = works.get(name);
    if (cycles === undefined) {
      throw new InputError(`${file}: node ${quoted(name)} has no work; allowed: cycles, work or label with ${WORKS}.`);
    }
    const inputBytes = total(({ from, to }) => from === DEVICE_NODE && to === name);
    return { name, cycles, inputBytes, outputBytes: total(({ from, to }) => from === name && to === DEVICE_NODE) };
  });
  const measured = measuredApplication(tasks, links, file);
  return {
    ...measured,
    sources: {
      "application.dependencies": `${file}: edges`,
      "application.measured.dataBytes": `${file}: sizes of edges`,
      "application.measured.inputBytes": `${file}: edges from the node "${DEVICE_NODE}"`,
      "application.measured.outputBytes": `${file}: edges to the node "${DEVICE_NODE}"`,
      "application.measured.cycles": `${file}: work of nodes`,
    },
    taken: ["A directed graph in DOT.", ...measured.taken],
  };
}

/** The graph alone; sizes and work come from the ranges of the scenario. */
function bareGraph(names: readonly string[], links: readonly Omit<Link, "bytes">[], file: string): Imported {
  const number = topologicalNumbers(names, links, file);
  const pairs = new Map(
    links.map(({ from, to }): [string, [number, number]] => {
      const pair: [number, number] = [number[from] as number, number[to] as number];
      return [pair.join("-"), pair];
    }),
  );
  const dependencies = [...pairs.values()].sort(([a, b], [c, d]) => a - c || b - d);
  return {
    application: { topology: "graph", subTasks: names.length, dependencies },
    sources: { "application.dependencies": `${file}: edges` },
    taken: [`A directed graph in DOT: ${names.length} sub-tasks, ${dependencies.length} dependencies.`],
    assumed: [
      "No edge has a size and no node has work: both are as in the scenario, application.dataBytes and cyclesPerByte.",
    ],
  };
}

function parse(text: string, file: string): Graph {
  let graphs: Graph[];
  try {
    graphs = parseDot(text);
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(`${file} is nested too deeply.`);
    const { message, location } = error as Error & { location?: { start: { line: number; column: number } } };
    const where = location ? `, line ${location.start.line}, column ${location.start.column}` : "";
    throw new InputError(`${file}${where} is not DOT: ${message.replaceAll(/\s+/g, " ").replace(/\.$/, "")}.`);
  }
  if (graphs.length !== 1) throw new InputError(`${file} has ${graphs.length} graphs; allowed: 1.`);
  return graphs[0] as Graph;
}

/** Adds the nodes and edges of statements, in their order; returns the nodes that they name. */
function collect(
  statements: readonly Stmt[],
  { node, edge }: Defaults,
  nodes: Map<string, Attributes>,
  edges: Edge[],
  file: string,
): Set<string> {
  const named = new Set<string>();
  const add = (name: string, attributes: readonly Attr[] = []) => {
    named.add(name);
    nodes.set(name, withAttributes(nodes.get(name) ?? node, attributes));
  };
  const endsOf = (end: NodeId | Subgraph): Set<string> => {
    if (end.type === "subgraph") {
      const inside = collect(end.children, { node, edge }, nodes, edges, file);
      for (const name of inside) named.add(name);
      return inside;
    }
    add(idOf(end.id));
    return new Set([idOf(end.id)]);
  };
  for (const statement of statements) {
    if (statement.type === "attr_stmt") {
      if (statement.target === "node") node = withAttributes(node, statement.attr_list);
      if (statement.target === "edge") edge = withAttributes(edge, statement.attr_list);
    } else if (statement.type === "node_stmt") {
      add(idOf(statement.node_id.id), statement.attr_list);
    } else if (statement.type === "subgraph") {
      endsOf(statement);
    } else if (statement.type === "edge_stmt") {
      addEdges(statement, endsOf, edge, edges, file);
    }
  }
  return named;
}

/** Adds the edges of a statement such as a -> { b c } -> d. */
function addEdges(
  { edge_list, attr_list }: EdgeStmt,
  endsOf: (end: NodeId | Subgraph) => Set<string>,
  defaults: Attributes,
  edges: Edge[],
  file: string,
): void {
  const attributes = withAttributes(defaults, attr_list);
  const groups = edge_list.map(endsOf);
  for (const [index, targets] of groups.slice(1).entries()) {
    const sources = groups[index] as Set<string>;
    if (edges.length + sources.size * targets.size > EDGES_MOST) {
      throw new InputError(`${file} has more than ${EDGES_MOST} edges; allowed: at most so many.`);
    }
    for (const from of sources) for (const to of targets) edges.push({ from, to, attributes });
  }
}

/** Attributes in the order in which they were said last. */
function withAttributes(before: Attributes, attributes: readonly Attr[]): Attributes {
  const all = new Map(before);
  for (const { id, eq } of attributes) {
    all.delete(String(id));
    all.set(String(id), eq);
  }
  return all;
}

/** An identifier as text; some are HTML. */
function idOf(id: unknown): string {
  return typeof id === "object" && id !== null && "value" in id ? String(id.value) : String(id);
}

function nameOf({ from, to }: Edge): string {
  return `${quoted(from)} -> ${quoted(to)}`;
}

function sizeOf(edge: Edge, file: string): number | undefined {
  return amountOf(edge.attributes, ["bytes", "size"], bytesOf, SIZES, `${file}: edge ${nameOf(edge)}`);
}

function workOf(name: string, attributes: Attributes, file: string): number | undefined {
  return amountOf(attributes, ["cycles", "work"], cyclesOf, WORKS, `${file}: node ${quoted(name)}`);
}

/** The amount that was said last, as a number or in words; in a label only in words, since labels say other things too. */
function amountOf(
  attributes: Attributes,
  fields: readonly string[],
  inWords: (text: string) => number | undefined,
  allowed: string,
  what: string,
): number | undefined {
  for (const [field, value] of [...attributes].reverse()) {
    const text = String(value);
    if (field === "label") {
      const amount = inWords(text);
      if (amount !== undefined) return amount;
    } else if (fields.includes(field)) {
      const amount = inWords(text) ?? (text.trim() === "" ? Number.NaN : Number(text));
      if (amount >= 0 && amount < Number.POSITIVE_INFINITY) return amount;
      throw new InputError(`${what}: ${field} is ${show(value)}; allowed: ${allowed}.`);
    }
  }
  return undefined;
}
