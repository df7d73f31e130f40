import { type Application, DEVICE } from "../mec/application";
import { CLOUD, EDGE, LOCAL, SITES } from "../mec/sites";
import type { States } from "../mec/states";
import type { Tables } from "../mec/tables";

/**
 * The optimal decisions [count x T] of a batch as minimum cuts: exact for any graph, dense ones too, as long as grants have no
 * limit.
 *
 * On the line local - edge - cloud a site is two yes-or-no answers, "offloaded" and "in the cloud", and a transfer costs
 * radio |offloaded(a) - offloaded(b)| + wired |cloud(a) - cloud(b)|. So the cost is a sum of terms that a cut of a graph with two
 * nodes a sub-task can carry (Ishikawa, "Exact optimization for Markov random fields with convex priors", IEEE Transactions on
 * Pattern Analysis and Machine Intelligence 25(10), 2003; for two sites this is Stone, "Multiprocessor scheduling with the aid of
 * network flow algorithms", IEEE Transactions on Software Engineering 3(1), 1977).
 *
 * Of equal plans the lexicographically first one wins, as in exhaustive search: the source side of the residual graph is the least
 * of all minimum cuts, sub-task by sub-task. Costs are exact (see costTables), so the residual capacities are.
 */
export function minCut(states: States, costs: Tables): Uint8Array {
  const decisions = new Uint8Array(states.count * states.application.subTasks);
  minCutter(states.application)(costs, decisions);
  return decisions;
}

/** Lays the graph of an application out once; the function that is returned fills `decisions` ([count x T]) batch after batch. */
export function minCutter(application: Application): (costs: Tables, decisions: Uint8Array) => void {
  const { subTasks, inner, dependencies } = application;
  const network = layOut(application);
  return (costs, decisions) => {
    for (let k = 0; k * subTasks < decisions.length; k++) {
      loadTerminals(network, application, costs, k);
      for (let link = 0; link < inner; link++) {
        setPair(network, network.radioArc[link] as number, costs.radio[k * dependencies.length + link] as number);
        setPair(network, network.wiredArc[link] as number, costs.wired[k * dependencies.length + link] as number);
      }
      for (const arc of network.orderArc) {
        network.capacity[arc] = Number.POSITIVE_INFINITY;
        network.capacity[network.twin[arc] as number] = 0;
      }
      saturate(network);
      for (let task = 0; task < subTasks; task++) {
        const offloaded = reached(network, offloadedNode(task));
        decisions[k * subTasks + task] = offloaded ? (reached(network, cloudNode(task)) ? CLOUD : EDGE) : LOCAL;
      }
    }
  };
}

/** The flow network of an application. The arcs out of node n are start[n], ..., start[n + 1] - 1. */
interface Network {
  readonly source: number;
  readonly sink: number;
  readonly start: Int32Array;
  readonly head: Int32Array;
  /** For each arc the one back. */
  readonly twin: Int32Array;
  /** What each arc can still carry. */
  readonly capacity: Float64Array;
  /** For each node but source and sink the arc from the source, and the arc to the sink. */
  readonly sourceArc: Int32Array;
  readonly sinkArc: Int32Array;
  /** For each dependency between sub-tasks an arc between their "offloaded" nodes, and one between their "cloud" nodes. */
  readonly radioArc: Int32Array;
  readonly wiredArc: Int32Array;
  /** For each sub-task the arc that forbids it to be in the cloud without being offloaded. */
  readonly orderArc: Int32Array;
  /** [nodes] room: what a node answers yes to costs, against no. */
  readonly yes: Float64Array;
  /** [nodes] room: arcs from the source, -1 where it is not reached; and the next arc to try. */
  readonly level: Int32Array;
  readonly next: Int32Array;
  readonly queue: Int32Array;
}

/** Nodes on the source's side of the cut answer yes. */
const offloadedNode = (task: number) => 2 * task;
const cloudNode = (task: number) => 2 * task + 1;

function layOut({ subTasks, inner, dependencies }: Application): Network {
  const nodes = 2 * subTasks + 2;
  const source = nodes - 2;
  const sink = nodes - 1;
  const ends: [from: number, to: number][] = [];
  const add = (from: number, to: number) => ends.push([from, to]) - 1;
  const nodeArcs = Array.from({ length: source }, (_, node) => [add(source, node), add(node, sink)] as const);
  const order = Array.from({ length: subTasks }, (_, task) => add(cloudNode(task), offloadedNode(task)));
  const pairs = dependencies
    .slice(0, inner)
    .map(({ from, to }) => [add(offloadedNode(from), offloadedNode(to)), add(cloudNode(from), cloudNode(to))] as const);

  const start = new Int32Array(nodes + 1);
  for (const [from, to] of ends) {
    (start[from + 1] as number) += 1;
    (start[to + 1] as number) += 1;
  }
  for (let node = 0; node < nodes; node++) (start[node + 1] as number) += start[node] as number;
  const filled = start.slice();
  const arcOf = new Int32Array(ends.length);
  const head = new Int32Array(2 * ends.length);
  const twin = new Int32Array(2 * ends.length);
  for (const [index, [from, to]] of ends.entries()) {
    const forth = filled[from] as number;
    const back = filled[to] as number;
    (filled[from] as number) += 1;
    (filled[to] as number) += 1;
    arcOf[index] = forth;
    head[forth] = to;
    head[back] = from;
    twin[forth] = back;
    twin[back] = forth;
  }
  const arcs = (indices: readonly number[]) => Int32Array.from(indices, (index) => arcOf[index] as number);
  return {
    source,
    sink,
    start,
    head,
    twin,
    capacity: new Float64Array(head.length),
    sourceArc: arcs(nodeArcs.map(([fromSource]) => fromSource)),
    sinkArc: arcs(nodeArcs.map(([, toSink]) => toSink)),
    radioArc: arcs(pairs.map(([radio]) => radio)),
    wiredArc: arcs(pairs.map(([, wired]) => wired)),
    orderArc: arcs(order),
    yes: new Float64Array(source),
    level: new Int32Array(nodes),
    next: new Int32Array(nodes),
    queue: new Int32Array(nodes),
  };
}

/** Executions, and transfers from and to the device, of state k: each node is tied to the source or to the sink. */
function loadTerminals(network: Network, application: Application, costs: Tables, k: number): void {
  const { yes, capacity, sourceArc, sinkArc, twin } = network;
  const { subTasks, inner, dependencies } = application;
  for (let task = 0; task < subTasks; task++) {
    const at = SITES * (k * subTasks + task);
    const atEdge = costs.execution[at + EDGE] as number;
    yes[offloadedNode(task)] = atEdge - (costs.execution[at + LOCAL] as number);
    yes[cloudNode(task)] = (costs.execution[at + CLOUD] as number) - atEdge;
  }
  for (let link = inner; link < dependencies.length; link++) {
    const { from, to } = dependencies[link] as { from: number; to: number };
    const task = from === DEVICE ? to : from;
    (yes[offloadedNode(task)] as number) += costs.radio[k * dependencies.length + link] as number;
    (yes[cloudNode(task)] as number) += costs.wired[k * dependencies.length + link] as number;
  }
  for (let node = 0; node < yes.length; node++) {
    const cost = yes[node] as number;
    const fromSource = sourceArc[node] as number;
    const toSink = sinkArc[node] as number;
    capacity[fromSource] = Math.max(-cost, 0);
    capacity[toSink] = Math.max(cost, 0);
    capacity[twin[fromSource] as number] = 0;
    capacity[twin[toSink] as number] = 0;
  }
}

function setPair({ capacity, twin }: Network, arc: number, cost: number): void {
  capacity[arc] = cost;
  capacity[twin[arc] as number] = cost;
}

/**
 * Sends the most that can flow from the source to the sink (Dinic, "Algorithm for solution of a problem of maximum flow in networks
 * with power estimation", Soviet Mathematics Doklady 11, 1970). What is still reached by then is the source's side of the least cut.
 */
function saturate(network: Network): void {
  while (layers(network)) {
    network.next.set(network.start.subarray(0, network.next.length));
    push(network, network.source, Number.POSITIVE_INFINITY);
  }
}

/** Numbers the nodes by their distance from the source; false when the sink cannot be reached any more. */
function layers({ source, sink, start, head, capacity, level, queue }: Network): boolean {
  level.fill(-1);
  level[source] = 0;
  queue[0] = source;
  let queued = 1;
  for (let i = 0; i < queued; i++) {
    const node = queue[i] as number;
    for (let arc = start[node] as number; arc < (start[node + 1] as number); arc++) {
      const to = head[arc] as number;
      if ((level[to] as number) >= 0 || !((capacity[arc] as number) > 0)) continue;
      level[to] = (level[node] as number) + 1;
      queue[queued++] = to;
    }
  }
  return (level[sink] as number) >= 0;
}

/** Sends up to `most` from a node on to the sink, along arcs to the next layer; returns what went. */
function push(network: Network, node: number, most: number): number {
  const { sink, start, head, twin, capacity, level, next } = network;
  if (node === sink) return most;
  let sent = 0;
  for (; (next[node] as number) < (start[node + 1] as number); (next[node] as number)++) {
    const arc = next[node] as number;
    const to = head[arc] as number;
    if (!((capacity[arc] as number) > 0) || level[to] !== (level[node] as number) + 1) continue;
    const through = push(network, to, Math.min(most - sent, capacity[arc] as number));
    (capacity[arc] as number) -= through;
    (capacity[twin[arc] as number] as number) += through;
    sent += through;
    if (sent === most) break;
  }
  return sent;
}

function reached({ level }: Network, node: number): boolean {
  return (level[node] as number) >= 0;
}
