/** Measures every stage beside its peers, checked first, and writes the tables: `npm run bench [-- --quick --only STAGES]` */
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { table } from "table";
import { InputError } from "../src/errors";
import { writeFile } from "../src/files";
import { backendName, loadTensorflow } from "../src/learning/tensorflow";
import { ROOT, VERSION } from "../src/version";
import { demonstrationResults } from "./demonstrations";
import { latencyResults } from "./latency";
import { peersPython, versionsOf } from "./python";
import { digits, type Effort, type Results, type Row, type Table } from "./rows";
import { trainingResults } from "./training";
import { wholeResults } from "./whole";

const STAGES: Record<string, (python: string | undefined, effort: Effort) => Promise<Results>> = {
  demonstrations: demonstrationResults,
  training: trainingResults,
  latency: latencyResults,
  whole: wholeResults,
};

const HEAD = ["stage", "ours", "peer", "peer's name", "ratio", "unit"];

main().catch((error) => {
  console.error(error instanceof InputError ? error.message : error);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const { quick, only } = options();
  // Of a part, or of small sizes, next to the results of the whole.
  const folder = path.join(ROOT, quick || only ? "bench/quick" : "bench");
  const python = peersPython();
  const machine = await machineOf(python);
  const rows: Row[] = [];
  const tables: Table[] = [];
  for (const [name, measure] of Object.entries(STAGES)) {
    if (only && !only.includes(name)) continue;
    console.log(`Measuring ${name} ...`);
    const results = await measure(python, { quick });
    rows.push(...results.rows);
    tables.push(...results.tables);
  }
  console.log(table([HEAD, ...rows.map(cells)]));
  for (const { title, head, lines } of tables)
    console.log(`${title}\n${table([[...head], ...lines.map((line) => [...line])])}`);
  writeFile(path.join(folder, "results.json"), `${JSON.stringify({ machine, quick, rows, tables }, null, 2)}\n`);
  writeFile(path.join(folder, "RESULTS.md"), markdown(machine, quick, rows, tables));
  console.log(`Written: ${path.join(folder, "RESULTS.md")} and results.json`);
}

function options(): { quick: boolean; only: string[] | undefined } {
  const { quick, only } = parsed();
  const stages = only?.split(",");
  const unknown = stages?.find((stage) => !Object.hasOwn(STAGES, stage));
  if (unknown !== undefined) throw new InputError(`--only is ${unknown}; allowed: ${Object.keys(STAGES).join(", ")}.`);
  return { quick: quick ?? false, only: stages };
}

function parsed() {
  try {
    return parseArgs({ options: { quick: { type: "boolean" }, only: { type: "string" } } }).values;
  } catch (error) {
    throw new InputError((error as Error).message);
  }
}

/** What the numbers depend on. */
async function machineOf(python: string | undefined): Promise<Record<string, string>> {
  const load = os.loadavg().map((value) => value.toFixed(2));
  const tf = await loadTensorflow();
  return {
    date: new Date().toISOString().slice(0, 10),
    "dios-lab": VERSION,
    CPU: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: String(os.availableParallelism()),
    "load average at start (1, 5, 15 min)": load.join(", "),
    "operating system": `${os.type()} ${os.release()}, ${os.arch()}`,
    "Node.js": process.versions.node,
    "TensorFlow.js": `${tf.version.tfjs}, backend ${backendName()}`,
    ...(python ? versionsOf(python) : { Python: "no peers" }),
  };
}

const cells = ({ stage, ours, oursRange, peer, peerRange, against, ratio, unit }: Row): string[] => {
  const shown = (value: number, range: readonly number[]) => `${digits(value)} (${range.map(digits).join("–")})`;
  return [stage, shown(ours, oursRange), shown(peer, peerRange), against, digits(ratio), unit];
};

function markdown(
  machine: Record<string, string>,
  quick: boolean,
  rows: readonly Row[],
  tables: readonly Table[],
): string {
  const grid = (lines: readonly (readonly (string | number)[])[]) => {
    const [head, ...rest] = lines.map((line) => `| ${line.join(" | ")} |`);
    return [head, `|${" --- |".repeat(lines[0]?.length ?? 0)}`, ...rest].join("\n");
  };
  const parts = [
    "# Ours beside its peers",
    `Written by \`npm run bench${quick ? " -- --quick" : ""}\`: one run on one machine. Decisions, losses and outputs were found equal first.${quick ? " Small sizes: what these numbers show is that it works, not how fast it is." : ""}`,
    "Medians, in brackets the quartiles; ratio is ours over the peer's, below 1 where ours is faster.",
    grid([HEAD, ...rows.map(cells)]),
    "What is timed: bench/demonstrations.ts, bench/training.ts and bench/latency.ts say so, and bench/python how the peers do it. A pass of training is an epoch without its two evaluations; training to an accuracy has them.",
    ...tables.flatMap(({ title, note, head, lines }) => [`## ${title}`, note, grid([head, ...lines])]),
    "## Machine and versions",
    grid([["what", "which"], ...Object.entries(machine)]),
  ];
  return `${parts.join("\n\n")}\n`;
}
