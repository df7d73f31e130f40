import { Type } from "@sinclair/typebox";
import { InputError } from "../../errors";
import { parseJson } from "../../files";
import { checked } from "../explain";
import type { Imported } from "./imported";
import { type Link, measuredApplication, quoted, requireSubTasks, type Task } from "./task-graph";

/** Speed of a processor where a workflow does not say it. */
const USUAL_MHZ = 2000;

/** The most times that one task reads what another writes; an application has at most 20,000 dependencies. */
const LINKS_MOST = 1_000_000;

const id = Type.String({ minLength: 1, maxLength: 1000 });
const ids = Type.Optional(Type.Array(id));
const bytes = Type.Number({ minimum: 0, maximum: 1e12, unit: "bytes" });
const mhz = Type.Optional(Type.Number({ minimum: 1, maximum: 1e6, unit: "MHz" }));
const run = {
  runtimeInSeconds: Type.Number({ minimum: 0, maximum: 1e9, unit: "s" }),
  avgCPU: Type.Optional(Type.Number({ minimum: 0, maximum: 1e6, unit: "%" })),
};
const machines = Type.Optional(
  Type.Array(Type.Object({ nodeName: id, cpu: Type.Optional(Type.Object({ speedInMHz: mhz, speed: mhz })) })),
);

const versions = Type.Object({
  schemaVersion: Type.Union([Type.Literal("1.4"), Type.Literal("1.5"), Type.Literal("1.6")]),
});

/** WfFormat 1.4: everything of a task in one place, files by name. */
const together = Type.Object({
  workflow: Type.Object({
    tasks: Type.Array(
      Type.Object({
        name: id,
        id: Type.Optional(id),
        parents: ids,
        children: ids,
        files: Type.Optional(
          Type.Array(
            Type.Object({
              name: id,
              path: Type.Optional(Type.String()),
              link: Type.Union([Type.Literal("input"), Type.Literal("output")]),
              sizeInBytes: bytes,
            }),
          ),
        ),
        machine: Type.Optional(id),
        ...run,
      }),
    ),
    machines,
  }),
});

/** WfFormat 1.5 and 1.6: what the workflow is, and apart from it how it ran. */
const apart = Type.Object({
  workflow: Type.Object({
    specification: Type.Object({
      tasks: Type.Array(Type.Object({ id, parents: ids, children: ids, inputFiles: ids, outputFiles: ids })),
      files: Type.Optional(Type.Array(Type.Object({ id, sizeInBytes: bytes }))),
    }),
    execution: Type.Object({
      tasks: Type.Array(Type.Object({ id, machines: ids, ...run })),
      machines,
    }),
  }),
});

/** What both forms say, in one. */
interface Workflow {
  readonly tasks: readonly Run[];
  /** Bytes of each file. */
  readonly sizes: ReadonlyMap<string, number>;
  /** MHz of each machine that has them, by its name. */
  readonly speeds: ReadonlyMap<string, number>;
}

/** A task and how it ran. */
interface Run {
  /** Where it stands in the file, for messages. */
  readonly at: string;
  readonly id: string;
  /** What others call it. */
  readonly names: readonly string[];
  readonly parents: readonly string[];
  readonly children: readonly string[];
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
  readonly runtimeInSeconds: number;
  readonly avgCPU: number | undefined;
  readonly machine: string | undefined;
}

/**
 * Reads a workflow in the JSON format of WfCommons (WfFormat 1.4, 1.5 or 1.6; github.com/wfcommons/WfFormat).
 *
 * A dependency carries the files that the one task writes and the other reads; there is one also where a task is only said to be
 * a parent. Files that no task writes come from the device, files that no other task reads go to it. The work is the
 * runtime times the machine's clock times the mean use of the processor.
 */
export function readWorkflow(text: string, file: string): Imported {
  const content = parseJson(text, file);
  const { schemaVersion } = checked(versions, content, file);
  const workflow = schemaVersion === "1.4" ? fromTogether(content, file) : fromApart(content, file);
  const { tasks } = workflow;
  requireSubTasks(tasks.length, file);
  const indexOf = taskIndex(tasks, file);
  const writers = new Map<string, number[]>();
  const readers = new Map<string, number[]>();
  for (const [task, { reads, writes }] of tasks.entries()) {
    for (const name of writes) writers.set(name, [...(writers.get(name) ?? []), task]);
    for (const name of reads) readers.set(name, [...(readers.get(name) ?? []), task]);
  }
  let shared = 0;
  for (const [name, { length }] of writers) shared += length * (readers.get(name)?.length ?? 0);
  const said = tasks.reduce((sum, { parents, children }) => sum + parents.length + children.length, 0);
  if (shared + said > LINKS_MOST) {
    throw new InputError(`${file} has ${shared + said} links between tasks; allowed: at most ${LINKS_MOST}.`);
  }
  const total = (names: Iterable<string>) => {
    let sum = 0;
    for (const name of names) sum += workflow.sizes.get(name) as number;
    return sum;
  };
  const links: Link[] = [];
  for (const [to, { at, parents, children, reads }] of tasks.entries()) {
    for (const name of parents) links.push({ from: indexOf(name, `${at}.parents`), to, bytes: 0 });
    for (const name of children) links.push({ from: to, to: indexOf(name, `${at}.children`), bytes: 0 });
    for (const name of reads) {
      for (const from of writers.get(name) ?? []) if (from !== to) links.push({ from, to, bytes: total([name]) });
    }
  }
  const measured = measuredApplication(
    tasks.map(
      (task, index): Task => ({
        name: task.id,
        cycles: task.runtimeInSeconds * 1e6 * (speedOf(task, workflow) ?? USUAL_MHZ) * ((task.avgCPU ?? 100) / 100),
        inputBytes: total([...task.reads].filter((name) => !writers.has(name))),
        outputBytes: total([...task.writes].filter((name) => !readers.get(name)?.some((reader) => reader !== index))),
      }),
    ),
    links,
    file,
  );
  const slow = tasks.filter((task) => speedOf(task, workflow) === undefined).length;
  const unmeasured = tasks.filter(({ avgCPU }) => avgCPU === undefined).length;
  const empty = measured.application.measured?.dataBytes.filter((size) => size === 0).length ?? 0;
  return {
    ...measured,
    sources: {
      "application.dependencies": `${file}: parents, children and files`,
      "application.measured.dataBytes": `${file}: files that one task writes and the other reads`,
      "application.measured.inputBytes": `${file}: files that no task writes`,
      "application.measured.outputBytes": `${file}: files that no other task reads`,
      "application.measured.cycles": `${file}: runtime x clock x use of the processor`,
    },
    taken: [`A workflow of WfCommons (WfFormat ${schemaVersion}).`, ...measured.taken],
    assumed: [
      ...(slow > 0 ? [`The clock of ${slow} tasks is not said: ${USUAL_MHZ} MHz.`] : []),
      ...(unmeasured > 0 ? [`The use of the processor of ${unmeasured} tasks is not said: 100 %.`] : []),
      ...(empty > 0 ? [`${empty} dependencies carry no file: 0 bytes.`] : []),
      ...measured.assumed,
    ],
  };
}

function fromTogether(content: unknown, file: string): Workflow {
  const { workflow } = checked(together, content, file);
  const sizes = new Map<string, number>();
  const tasks = workflow.tasks.map((task, index): Run => {
    const at = `workflow.tasks.${index}`;
    const named = (wanted: "input" | "output") =>
      new Set(task.files?.filter(({ link }) => link === wanted).map(({ path = "", name }) => path + name));
    for (const [k, { path = "", name, sizeInBytes }] of (task.files ?? []).entries()) {
      const before = sizes.get(path + name) ?? sizeInBytes;
      if (before !== sizeInBytes) {
        throw new InputError(
          `${file}: ${at}.files.${k}.sizeInBytes is ${sizeInBytes}; allowed: ${before}, as elsewhere for ${quoted(path + name)}.`,
        );
      }
      sizes.set(path + name, sizeInBytes);
    }
    const { name, id = name, parents = [], children = [], runtimeInSeconds, avgCPU, machine } = task;
    const called = { at, id, names: [name, id], parents, children };
    return { ...called, reads: named("input"), writes: named("output"), runtimeInSeconds, avgCPU, machine };
  });
  return { tasks, sizes, speeds: speedsOf(workflow.machines) };
}

function fromApart(content: unknown, file: string): Workflow {
  const { specification, execution } = checked(apart, content, file).workflow;
  const sizes = new Map((specification.files ?? []).map(({ id, sizeInBytes }) => [id, sizeInBytes]));
  const runs = new Map(execution.tasks.map((task) => [task.id, task]));
  const tasks = specification.tasks.map((task, index): Run => {
    const at = `workflow.specification.tasks.${index}`;
    const { id, parents = [], children = [], inputFiles = [], outputFiles = [] } = task;
    const ran = runs.get(id);
    if (!ran) throw new InputError(`${file}: workflow.execution.tasks has no task ${quoted(id)}; allowed: all tasks.`);
    for (const [field, names] of Object.entries({ inputFiles, outputFiles })) {
      const unknown = names.find((name) => !sizes.has(name));
      if (unknown !== undefined) {
        throw new InputError(
          `${file}: ${at}.${field} names ${quoted(unknown)}; allowed: files of workflow.specification.files.`,
        );
      }
    }
    const { runtimeInSeconds, avgCPU } = ran;
    const called = { at, id, names: [id], parents, children };
    const files = { reads: new Set(inputFiles), writes: new Set(outputFiles) };
    return { ...called, ...files, runtimeInSeconds, avgCPU, machine: ran.machines?.[0] };
  });
  return { tasks, sizes, speeds: speedsOf(execution.machines) };
}

/** 1.4 has files with `speed` as well as with `speedInMHz`. */
function speedsOf(machines: readonly { nodeName: string; cpu?: { speedInMHz?: number; speed?: number } }[] = []) {
  return new Map(
    machines.flatMap(({ nodeName, cpu }): [string, number][] => {
      const speed = cpu?.speedInMHz ?? cpu?.speed;
      return speed === undefined ? [] : [[nodeName, speed]];
    }),
  );
}

/** MHz of the machine that a task ran on; where it is not said which, of all machines if they are alike. */
function speedOf({ machine }: Run, { speeds }: Workflow): number | undefined {
  if (machine !== undefined) return speeds.get(machine);
  const different = new Set(speeds.values());
  return different.size === 1 ? [...different][0] : undefined;
}

/** The index of a task by what others call it. */
function taskIndex(tasks: readonly Run[], file: string): (name: string, field: string) => number {
  const byId = new Map<string, number>();
  const byName = new Map<string, number[]>();
  for (const [index, { at, id, names }] of tasks.entries()) {
    if (byId.has(id))
      throw new InputError(`${file}: ${at}.id is ${quoted(id)}; allowed: an id that no other task has.`);
    byId.set(id, index);
    for (const name of new Set(names)) byName.set(name, [...(byName.get(name) ?? []), index]);
  }
  return (name, field) => {
    const found = byId.get(name) ?? (byName.get(name)?.length === 1 ? byName.get(name)?.[0] : undefined);
    if (found === undefined)
      throw new InputError(`${file}: ${field} names ${quoted(name)}; allowed: one of the tasks.`);
    return found;
  };
}
