import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { type Refusal, sandbox, testRefusals } from "./commands";

const folder = sandbox();
fs.writeFileSync(path.join(folder, "file"), "kept");
fs.mkdirSync(path.join(folder, "folder.json"));
fs.writeFileSync(path.join(folder, "good.dot"), "digraph { a -> b }");
fs.writeFileSync(path.join(folder, "good.json"), '{"space": {"layers": [1]}}');
execFileSync("mkfifo", [path.join(folder, "pipe")]);

/** Words as one types them; a quoted part may be empty or hold spaces. */
const wordsOf = (line: string) =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");

/** A command line and what the sentence about it has to hold. */
const LINES: [line: string, ...parts: (string | RegExp)[]][] = [
  // Commands.
  ["generat", "unknown command 'generat'", "did you mean generate", "allowed: generate, train"],
  ["__proto__", "unknown command '__proto__'", "allowed: generate, train"],
  ["'../../evil'", "unknown command '../../evil'", "allowed: generate, train"],
  ["''", "unknown command ''", "allowed: generate, train"],
  ["--colour", "unknown option '--colour'", "allowed: --version, --help"],
  ["scenario extra", "too many arguments for 'scenario'", "dios scenario --help"],
  // Options that are none, or lack their value.
  ["generate --cont 5", "unknown option '--cont'", "did you mean --count", "--scenario, --seed, --count"],
  ["generate --__proto__ 5", "unknown option '--__proto__'", "--scenario, --seed, --count"],
  ["generate --seed", "--seed <n>", "argument missing", "dios generate --help"],
  ["generate --out", "--out <folder>", "argument missing", "dios generate --help"],
  ["cost --index 1", "--seed <n>", "not specified", "dios cost --help"],
  ["cost --seed 1", "--index <n>", "not specified", "dios cost --help"],
  ["sweep", "argument 'file'", "dios sweep --help"],
  ["import --out x.json", "argument 'file'", "dios import --help"],
  ["import good.dot", "--out <file>", "not specified", "dios import --help"],
  // Whole numbers.
  ["generate --seed -1", "--seed <n>", "'-1'", "a whole number from 0"],
  ["generate --seed 1.5", "--seed <n>", "'1.5'", "a whole number from 0"],
  ["generate --seed 1e3", "--seed <n>", "'1e3'", "a whole number from 0"],
  ["generate --seed 0x10", "--seed <n>", "'0x10'", "a whole number from 0"],
  ["generate --seed Infinity", "--seed <n>", "'Infinity'", "a whole number from 0"],
  ["generate --seed ''", "--seed <n>", "''", "a whole number from 0"],
  ["generate --seed ' 1'", "--seed <n>", "' 1'", "a whole number from 0"],
  ["generate --seed ١", "--seed <n>", "'١'", "a whole number from 0"],
  ["generate --seed 12345678901234567890", "--seed <n>", "a whole number from 0"],
  [`generate --seed ${"9".repeat(100_000)}`, "--seed <n>", "999...999", "a whole number from 0"],
  ["generate --seed 1 --seed x", "--seed <n>", "'x'", "a whole number from 0"],
  ["generate --count 0", "count is 0", "from 10 to 100000000"],
  ["generate --count 100000001", "count is 100000001", "from 10 to 100000000"],
  ["cost --seed 1 --index -1", "--index <n>", "'-1'", "a whole number from 0"],
  ["optimal --count 0", "count is 0", "from 1 to 1000000"],
  ["optimal --count 1000001", "count is 1000001", "from 1 to 1000000"],
  ["generate --shards 2", "shards is 2", "together with --dask"],
  ["reproduce --seeds 0", "seeds is 0", "from 1 to 1000"],
  ["reproduce --seeds 1001", "seeds is 1001", "from 1 to 1000"],
  ["calibrate --seed two", "--seed <n>", "'two'", "a whole number from 0"],
  ["explorer --seed 2.0", "--seed <n>", "'2.0'", "a whole number from 0"],
  // Choices and lists.
  ["train --head tanh", "--head <name>", "'tanh'", "literal, sigmoid, softmax"],
  ["train --head __proto__", "--head <name>", "'__proto__'", "literal, sigmoid, softmax"],
  ["cost --seed 1 --index 1 --split exam", "--split <name>", "'exam'", "train, validation, test"],
  ["cost --seed 1 --index 1 --decisions 0,1,2,0,1,3", "decisions is", "each 0 (local)"],
  ["cost --seed 1 --index 1 --decisions 0,1,2", "decisions is 0,1,2", "6 numbers"],
  ["cost --seed 1 --index 1 --decisions 0,,1", "--decisions <sites>", "whole numbers with commas"],
  ["cost --seed 1 --index 1 --decisions ''", "--decisions <sites>", "whole numbers with commas"],
  [`cost --seed 1 --index 1 --decisions ${"1,".repeat(50_000)}1`, "decisions is", "...", "6 numbers"],
  ["optimal --method magic", "method is magic", "auto, exhaustive"],
  ["optimal --method ''", "method is ", "auto, exhaustive"],
  ["optimal --method auto,__proto__", "method is __proto__", "auto, exhaustive"],
  ["import good.dot --as picture --out x.json", "--as <kind>", "'picture'", "workflow, dot, layers, trace"],
  // Other numbers.
  ["train --learning-rate fast", "--learning-rate <x>", "'fast'", "a number"],
  ["train --learning-rate 0", "learningRate is 0", "above 0, at most 1"],
  ["train --learning-rate -1", "learningRate is -1", "above 0, at most 1"],
  ["train --learning-rate 1e999", "--learning-rate <x>", "'1e999'", "a number"],
  ["train --hidden 256,", "--hidden <units>", "whole numbers with commas"],
  ["train --hidden 0", "hidden is 0", "from 1 to 16384"],
  ["train --hidden 99999", "hidden is 99999", "from 1 to 16384"],
  [`train --hidden ${"1,".repeat(20)}1`, "hidden has 21 layers", "1 to 20"],
  ["train --epochs 0", "epochs is 0", "from 1 to 100000"],
  ["train --batch 0", "batch is 0", "from 1 to 1000000"],
  ["optimal --time-limit 0", "time limit is 0", "seconds above 0"],
  ["optimal --time-limit -1", "time limit is -1", "seconds above 0"],
  ["optimal --time-limit soon", "--time-limit <s>", "'soon'", "a number"],
  ["import good.dot --as layers --cycles 0 --out x.json", "cyclesPerMultiplyAdd is 0", "above 0"],
  ["import good.dot --as layers --cycles NaN --out x.json", "--cycles <n>", "'NaN'", "a number"],
  // Names and paths.
  ["train --name ../../x", 'name is "../../x"', "up to 60 letters"],
  ["train --name /tmp/x", 'name is "/tmp/x"', "up to 60 letters"],
  ["train --name ..", 'name is ".."', "up to 60 letters"],
  ["train --name ''", 'name is ""', "up to 60 letters"],
  ["train --name 'a b'", 'name is "a b"', "up to 60 letters"],
  [`train --name ${"x".repeat(61)}`, "name is", "up to 60 letters"],
  ["train --name dros", "name is dros", "other than dios, sos"],
  ["train --name dios", "name is dios", "other than dios, sos"],
  ["sweep good.json --name ../../x", 'name is "../../x"', "up to 60 letters"],
  ["sweep none.json", "none.json", "no such file"],
  ["sweep folder.json", "folder.json", "it is a folder"],
  ["sweep pipe", "pipe", "a device, a pipe or a socket"],
  ["generate --scenario paper.yaml", '"paper.yaml"', "the path of a .json file"],
  ["generate --scenario ''", 'scenario is ""', "the path of a .json file"],
  ["generate --out ''", "--out <folder>", "a path"],
  ["optimal --count 1 --lp folder.json", "cannot write", "folder.json", "it is a folder"],
  ["optimal --count 1 --lp ''", "--lp <file>", "a path"],
  ["import none.dot --out x.json", "none.dot", "no such file"],
  ["import /dev/zero --out x.json", "/dev/zero", "a device, a pipe or a socket"],
  ["import pipe --as trace --out x.json", "pipe", "a device, a pipe or a socket"],
  ["import good.dot --out x.txt", "out is x.txt", "a .json file"],
  ["import good.dot --out folder.json", "cannot write", "folder.json", "it is a folder"],
  ["import good.dot --out file/x.json", "cannot write", "file/x.json", "a file, not a folder"],
  ["import good.dot --scenario none.json --out x.json", "none.json", "no such file"],
];

/** These find out when they write. */
const BEGUN: typeof LINES = [
  ["generate --count 10 --quick --out file", "cannot write", "file", "a file, not a folder"],
  ["generate --count 10 --quick --out /proc/nowhere", "cannot write", "/proc/nowhere"],
];

function refusalOf([line, ...parts]: (typeof LINES)[number]): Refusal {
  return { title: line.length > 80 ? `${line.slice(0, 77)}...` : line, words: wordsOf(line), parts };
}

testRefusals("dios refuses the command line", folder, [
  ...LINES.map(refusalOf),
  ...BEGUN.map((line) => ({ ...refusalOf(line), begun: true })),
]);

/** Files of sweeps, and what is wrong with them. */
const SWEEPS: [what: string, content: unknown, ...parts: (string | RegExp)[]][] = [
  ["null", null, "the sweep is null", "an object with space, trials"],
  ["a list", [], "the sweep is []", "an object with space, trials"],
  ["no space", {}, "space is undefined", "an object with layers, width"],
  ["an empty space", { space: {} }, "space is empty", "layers, width"],
  ["an unknown field", { space: { layers: [1] }, trails: 3 }, 'has "trails"', "space, trials, seed, options"],
  [
    "__proto__ in a sweep",
    '{"space": {"layers": [1]}, "__proto__": {"polluted": 1}}',
    'has "__proto__"',
    "space, trials",
  ],
  ["__proto__ in a space", '{"space": {"__proto__": [1]}}', 'space has "__proto__"', "layers, width"],
  ["constructor in the options", { space: { layers: [1] }, options: { constructor: 1 } }, 'options has "constructor"'],
  ["no values", { space: { layers: [] } }, "space.layers is empty", "a list of numbers"],
  ["values that are texts", { space: { layers: ["1"] } }, 'space.layers holds "1"', "a list of numbers"],
  [
    "a value that is nested",
    { space: { head: [{ a: "x".repeat(1000) }] } },
    "space.head holds",
    "literal, sigmoid, softmax",
  ],
  ["half a layer", { space: { layers: [1.5] } }, "layers is 1.5", "from 1 to 20"],
  ["a billion units", { space: { width: [1e9] } }, "hidden is 1000000000", "from 1 to 16384"],
  ["a batch as large as Infinity", '{"space": {"batch": [1e999]}}', "space.batch holds Infinity", "a list of numbers"],
  ["a range for a grid", { space: { width: { low: 1, high: 2 } } }, "space.width is a range", "trials"],
  [
    "a range the wrong way round",
    { space: { width: { low: 2, high: 1 } }, trials: 1 },
    "from 2 to 1",
    "low below high",
  ],
  [
    "a logarithm of zero",
    { space: { width: { low: 0, high: 1, scale: "log" } }, trials: 1 },
    "space.width.low is 0",
    "above 0",
  ],
  [
    "an unknown scale",
    { space: { width: { low: 1, high: 2, scale: "cube" } }, trials: 1 },
    'scale is "cube"',
    "linear, log",
  ],
  ["no trial", { space: { layers: [1] }, trials: 0 }, "trials is 0", "from 1 to 10000"],
  ["a billion trials", { space: { layers: [1] }, trials: 1e9 }, "trials is 1000000000", "from 1 to 10000"],
  ["trials as a text", { space: { layers: [1] }, trials: "5" }, 'trials is "5"', "from 1 to 10000"],
  [
    "trials that are no text either",
    '{"space":{"layers":[1]},"trials":{"toString":1,"valueOf":1}}',
    "trials is {",
    "from 1",
  ],
  [
    "a grid of a million",
    {
      space: Object.fromEntries(
        ["layers", "width", "batch", "epochs"].map((name) => [name, Array.from({ length: 32 }, (_, i) => i + 1)]),
      ),
    },
    "more than 10000 combinations",
  ],
  [
    "a million values",
    { space: { layers: new Array(1e6).fill(1) } },
    "space.layers has 1000000 values",
    "at most 10000",
  ],
  ["a negative seed", { space: { layers: [1] }, trials: 1, seed: -1 }, "seed is -1", "from 0 to"],
  [
    "hidden layers that are a number",
    { space: { batch: [1] }, options: { hidden: 5 } },
    "options.hidden is 5",
    "a list",
  ],
  ["a head that is a number", { space: { batch: [1] }, options: { head: 5 } }, "options.head holds 5", "a string"],
  [
    "a head that is none",
    { space: { batch: [1] }, options: { head: "tanh" } },
    'head is "tanh"',
    "literal, sigmoid, softmax",
  ],
  [
    "more demonstrations than there are",
    { space: { demonstrations: [1e6] } },
    "demonstrations is 1000000",
    "from 10 to 100000",
  ],
];

testRefusals(
  "dios refuses as a sweep",
  folder,
  SWEEPS.map(([title, content, ...parts], index): Refusal => {
    const name = `sweep-${index}.json`;
    fs.writeFileSync(path.join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
    return { title, words: ["sweep", name], parts: [name, ...parts] };
  }),
);
