import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { type Refusal, sandbox, testRefusals } from "./commands";

const folder = sandbox();

/** A scenario with this in place of its groups. */
const scenario = (groups: object) => JSON.stringify({ name: "hostile", ...groups });
const device = (text: string) => `{"name": "hostile", "device": {"clockHz": ${text}}}`;
const graph = (dependencies: unknown, more: object = {}) =>
  scenario({ application: { topology: "graph", subTasks: 3, dependencies, ...more } });
const MEASURED = { dataBytes: [5], inputBytes: [1, 1, 1], outputBytes: [1, 1, 1], cycles: [1, 1, 1] };
const measured = (changes: object) => graph([[0, 1]], { measured: { ...MEASURED, ...changes } });
const radio = (changes: object) => scenario({ radio: changes });
const onTrace = (changes: object) => radio({ fading: "trace", trace: [1e6, 1e6, 1e6, 1e6, 1e6, 1e6], ...changes });

type Content = string | Buffer | ((file: string) => void);

/** What is in the file, and what the sentence about it has to hold besides the file's name. */
const CASES: [what: string, content: Content, ...parts: (string | RegExp)[]][] = [
  // Not JSON.
  ["an empty file", "", "not valid JSON"],
  ["nothing but spaces", " \n\t ", "not valid JSON"],
  ["an object that is cut short", '{"name": "x", "device": {', "not valid JSON"],
  ["a comma too many", '{"name": "x",}', "not valid JSON"],
  ["a comment", '// mine\n{"name": "x"}', "not valid JSON"],
  ["single quotes", "{'name': 'x'}", "not valid JSON"],
  ["two objects", '{"name": "x"}{"name": "y"}', "not valid JSON"],
  ["a bare NaN", device("NaN"), "not valid JSON"],
  ["a number in hexadecimal digits", device("0x10"), "not valid JSON"],
  ["a number with a zero in front", device("0123"), "not valid JSON"],
  ["null bytes", '{"name": "x"\0}', "not valid JSON"],
  ["a megabyte of null bytes", Buffer.alloc(1 << 20), "not valid JSON"],
  ["a raw line break in a text", '{"name": "a\nb"}', "not valid JSON"],
  ["codes that steer a terminal", '{"name": \u001b[2J\u0007\u009b31m}', "not valid JSON"],
  ["two byte-order marks", '\uFEFF\uFEFF{"name": "x"}', "not valid JSON"],
  // Not UTF-8.
  ["UTF-16, as PowerShell writes it", Buffer.from('\uFEFF{"name": "x"}', "utf16le"), "UTF-8"],
  ["UTF-16, the other byte first", Buffer.from('\uFEFF{"name": "x"}', "utf16le").swap16(), "UTF-8"],
  ["UTF-16 without a mark", Buffer.from('{"name": "x"}', "utf16le"), "not valid JSON"],
  ["Latin-1", Buffer.from('{"name": "x", "description": "caf\xe9"}', "latin1"), "UTF-8"],
  ["a compressed file", zlib.gzipSync('{"name": "x"}'), "UTF-8"],
  // Not an object of a scenario.
  ["null", "null", "holds null", "a JSON object"],
  ["a list", "[]", "holds []", "a JSON object"],
  ["a text", '"paper"', 'holds "paper"', "a JSON object"],
  ["a number", "42", "holds 42", "a JSON object"],
  ["an empty object", "{}", "name is missing", "a name of at most 60"],
  // Too much.
  [
    "a text of a hundred megabytes",
    (file) => large(file, '{"name": "', "x".repeat(1 << 20), 100, '"}'),
    "at most 16777216 bytes",
  ],
  ["sixteen million brackets", "[".repeat(16e6), "nested too deeply", "200 levels"],
  ["objects within objects", `${'{"a":'.repeat(1e5)}1${"}".repeat(1e5)}`, "nested too deeply", "200 levels"],
  [
    "five million empty lists",
    `{"name": "x", "device": [${"[],".repeat(5e6)}[]]}`,
    "device is",
    "an object with clockHz",
  ],
  [
    "a million unknown fields",
    `{"name": "x",${Array.from({ length: 1e6 }, (_, i) => `"f${i}":1`).join()}}`,
    "f0 is not a parameter",
  ],
  ["a name of a megabyte", scenario({ name: "x".repeat(1 << 20) }), "name is", "a name of at most 60"],
  ["a field of a megabyte", scenario({ ["x".repeat(1 << 20)]: 1 }), "xxx... is not a parameter"],
  ["a description of a megabyte", scenario({ description: "x".repeat(1 << 20) }), "description is", "at most 2000"],
  [
    "more sub-tasks than fit anywhere",
    scenario({ application: { subTasks: 1e9 } }),
    "application.subTasks is 1000000000",
    "from 1 to 200",
  ],
  ["20,001 dependencies", graph(new Array(20_001).fill([0, 1])), "application.dependencies", "at most 20000"],
  ["a trace of 100,001 seconds", onTrace({ trace: new Array(100_001).fill(1) }), "radio.trace", "at most 100000"],
  // Fields that are none, or that have a meaning in JavaScript.
  ["an unknown group", scenario({ devices: {} }), "devices is not a parameter", "application, device, edge"],
  [
    "an unknown field",
    scenario({ device: { clockhz: 1e9 } }),
    "device.clockhz is not a parameter",
    "clockHz, capacitance",
  ],
  ["a field without a name", scenario({ "": 1 }), '"" is not a parameter', "application, device, edge"],
  [
    "a field with a line break and codes",
    scenario({ "a\n\u001b[31m\u2028b": 1 }),
    "a\\u{a}\\u{1b}[31m\\u{2028}b is not",
  ],
  ["__proto__", '{"name": "x", "__proto__": {"polluted": 1}}', "__proto__ is not a parameter"],
  [
    "__proto__ in a group",
    '{"name": "x", "device": {"__proto__": {"polluted": 1}}}',
    "device.__proto__ is not a parameter",
  ],
  [
    "__proto__ in an optional group",
    '{"name": "x", "radio": {"linkBudget": {"__proto__": {"a": 1}}}}',
    "radio.linkBudget.__proto__",
  ],
  [
    "__proto__ among the sources",
    '{"name": "x", "sources": {"__proto__": {"polluted": 1}}}',
    "sources.__proto__",
    "a text",
  ],
  ["constructor", '{"name": "x", "constructor": {"prototype": {"polluted": 1}}}', "constructor is not a parameter"],
  [
    "constructor in a group",
    '{"name": "x", "edge": {"constructor": {"prototype": {"a": 1}}}}',
    "edge.constructor is not a parameter",
  ],
  ["prototype", '{"name": "x", "prototype": {"polluted": 1}}', "prototype is not a parameter"],
  ["toString and valueOf", '{"name": {"toString": 1, "valueOf": 1}}', "name is {", "a name of at most 60"],
  [
    "the same group twice",
    '{"name": "x", "device": {}, "device": {"clockHz": 1e9}}',
    "line 1",
    '"device" twice',
    "each name once",
  ],
  ["the same field twice", '{"name": "x",\n"device": {"clockHz": 1e9,\n"clockHz": 2e9}}', "line 3", '"clockHz" twice'],
  // Wrong types and values.
  ["a name that climbs", scenario({ name: "../../x" }), 'name is "../../x"', "letters, digits"],
  ["an empty name", scenario({ name: "" }), 'name is ""', "letters, digits"],
  ["half a surrogate pair for a name", '{"name": "\\ud800"}', "name is", "letters, digits"],
  ["a number too large for a number", device("1e999"), "device.clockHz is Infinity", "from 1000 to", "(Hz)"],
  ["NaN as a text", device('"NaN"'), 'device.clockHz is "NaN"', "from 1000 to"],
  ["a number as a text", device('"1.34e9"'), 'device.clockHz is "1.34e9"', "a number from"],
  ["null for a number", device("null"), "device.clockHz is null", "a number from"],
  ["true for a number", device("true"), "device.clockHz is true", "a number from"],
  ["a list for a number", device("[1.34e9]"), "device.clockHz is [1340000000]", "a number from"],
  ["a negative clock", device("-1"), "device.clockHz is -1", "from 1000 to"],
  ["a clock that is nearly zero", device("5e-324"), "device.clockHz is 5e-324", "from 1000 to"],
  ["half a sub-task", scenario({ application: { subTasks: 6.5 } }), "application.subTasks is 6.5", "a whole number"],
  ["no sub-task", scenario({ application: { subTasks: 0 } }), "application.subTasks is 0", "from 1 to 200"],
  [
    "a seed above what a number can hold",
    '{"name":"x","application":{"graphSeed":123456789012345678901234567890}}',
    "application.graphSeed",
  ],
  ["a group that is null", scenario({ edge: null }), "edge is null", "an object with coreHz"],
  ["a group that is a list", scenario({ edge: [] }), "edge is []", "an object with coreHz"],
  ["a group that is a text", scenario({ edge: "fast" }), 'edge is "fast"', "an object with coreHz"],
  ["a description that is an object", scenario({ description: {} }), "description is {}", "a text"],
  [
    "an unknown topology",
    scenario({ application: { topology: "ring" } }),
    'application.topology is "ring"',
    "chain, branches",
  ],
  ["a topology of another case", scenario({ application: { topology: "Chain" } }), '"Chain"', "chain, branches"],
  ["an unknown fading", radio({ fading: ["flat"] }), "radio.fading", "flat, selective, trace"],
  ["a capacity with a space", scenario({ capacity: "shared " }), 'capacity is "shared "', "unlimited, shared"],
  [
    "a range the wrong way round",
    scenario({ wired: { delayS: [2, 1] } }),
    "wired.delayS is [2, 1]",
    "least not above most",
  ],
  ["a range of one", scenario({ wired: { delayS: [2] } }), "wired.delayS", "[least, most]"],
  ["a range of texts", scenario({ wired: { delayS: ["1", "2"] } }), "wired.delayS.0", "a number from 0"],
  [
    "more cores granted than there are",
    scenario({ edge: { cores: 2, coresGranted: [1, 3] } }),
    "edge.coresGranted",
    "at most edge.cores, 2",
  ],
  [
    "more subcarriers granted than there are",
    radio({ subcarriers: 2, subcarriersGranted: [1, 3] }),
    "radio.subcarriersGranted",
    "at most radio.subcarriers, 2",
  ],
  ["branches that do not divide", scenario({ application: { branches: 4 } }), "application.branches is 4", "a divisor"],
  [
    "a link budget for another galaxy",
    radio({ fading: "selective", linkBudget: { distanceM: 1e6, pathLossExponent: 10 } }),
    "radio.linkBudget",
    "-100 to 100 dB",
  ],
  // Graphs.
  ["a sub-task that waits for itself", graph([[1, 1]]), "application.dependencies[0] is [1, 1]", "from < to < 3"],
  [
    "two that wait for each other",
    graph([
      [0, 1],
      [1, 0],
    ]),
    "application.dependencies[1] is [1, 0]",
    "from < to < 3",
  ],
  ["a dependency on nobody", graph([[0, 99]]), "application.dependencies[0] is [0, 99]", "from < to < 3"],
  ["a dependency on less than nobody", graph([[-1, 2]]), "application.dependencies.0.0 is -1", "from 0"],
  ["a dependency on half a sub-task", graph([[0.5, 2]]), "application.dependencies.0.0 is 0.5", "a whole number"],
  [
    "the same dependency twice",
    graph([
      [0, 1],
      [0, 1],
    ]),
    "application.dependencies[1] is [0, 1]",
    "each pair once",
  ],
  ["a dependency of three", graph([[0, 1, 2]]), "application.dependencies.0", "[from, to]"],
  ["dependencies that are an object", graph({ 0: [0, 1] }), "application.dependencies is", "a list of at most 20000"],
  [
    "sizes of another topology",
    scenario({ application: { topology: "chain", subTasks: 3, measured: MEASURED } }),
    "application.measured",
    "topology graph alone",
  ],
  ["sizes of too few", measured({ inputBytes: [1] }), "application.measured.inputBytes has 1 entries", "3"],
  ["a size for nothing", measured({ dataBytes: [] }), "application.measured.dataBytes has 0 entries", "1"],
  [
    "work on no data",
    measured({ dataBytes: [0], inputBytes: [0, 0, 0] }),
    "application.measured.cycles[0] is 1",
    "0, or a byte",
  ],
  ["names that are numbers", measured({ names: [1, 2, 3] }), "application.measured.names.0 is 1", "a text"],
  // Traces.
  ["a trace that is not there", radio({ fading: "trace" }), "radio.trace is missing", "a list"],
  ["a trace that is too short", onTrace({ trace: [1] }), "radio.trace has 1 entries", "6"],
  ["a trace with a gap", onTrace({ trace: [1, null] }), "radio.trace.1 is null", "a number from 0"],
  ["a trace faster than any radio", onTrace({ bandwidthHz: 1 }), "radio.trace[0] is 1000000", "50 bit/s/Hz"],
  ["a trace and a link budget", onTrace({ linkBudget: {} }), "radio.linkBudget", "allowed: none"],
  // What is no file.
  ["a folder", (file) => fs.mkdirSync(file), "it is a folder"],
  ["a link to nothing", (file) => fs.symlinkSync("nowhere", file), "there is no such file"],
  ["a link to itself", (file) => fs.symlinkSync(path.basename(file), file), "a link to itself"],
  ["a device without an end", (file) => fs.symlinkSync("/dev/zero", file), "a device, a pipe or a socket"],
  ["a pipe that nobody writes to", (file) => execFileSync("mkfifo", [file]), "a device, a pipe or a socket"],
];

/** Writes a beginning, a part many times and an end. */
function large(file: string, begin: string, part: string, times: number, end: string): void {
  fs.writeFileSync(file, begin);
  for (let i = 0; i < times; i++) fs.appendFileSync(file, part);
  fs.appendFileSync(file, end);
}

const refusals = CASES.map(([title, content, ...parts], index): Refusal => {
  const name = `case-${index}.json`;
  const file = path.join(folder, name);
  if (typeof content === "function") content(file);
  else fs.writeFileSync(file, content);
  return { title, words: ["scenario", "--scenario", name], parts: [name, ...parts] };
});

const secret = path.join(folder, "secret.json");
fs.writeFileSync(secret, scenario({}), { mode: 0o000 });
// Root may read everything: nobody has to try.
const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
if (nobody !== undefined) fs.chmodSync(path.resolve(folder, "../../.."), 0o755);

testRefusals("dios refuses as a scenario", folder, [
  ...refusals,
  {
    title: "a file that is not there",
    words: ["scenario", "--scenario", "none.json"],
    parts: ["none.json", "no such file"],
  },
  {
    title: "a path through a file",
    words: ["scenario", "--scenario", "case-0.json/x.json"],
    parts: ["case-0.json/x.json", "a file, not a folder"],
  },
  {
    title: "a name too long for a file",
    words: ["scenario", "--scenario", `${"x".repeat(300)}.json`],
    parts: ["the name is too long"],
  },
  {
    title: "an unknown preset",
    words: ["scenario", "--scenario", "__proto__"],
    parts: ['"__proto__"', "paper, paper-selective"],
  },
  {
    title: "a file that one may not read",
    words: ["scenario", "--scenario", "secret.json"],
    parts: ["secret.json", "permission is denied"],
    ...(nobody === undefined ? {} : { uid: nobody }),
  },
]);
