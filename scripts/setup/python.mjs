import fs from "node:fs";
import path from "node:path";
import { run } from "./command.mjs";
import { Failure } from "./failure.mjs";
import { inRoot, root, venv, venvPython, windows } from "./paths.mjs";
import { contents } from "./runner.mjs";

const candidates = windows
  ? ["py", "python", "python3"]
  : ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python3.14", "python"];

const probe =
  "import sys, importlib.util as u; print(*sys.version_info[:2], int(u.find_spec('ensurepip') is not None))";

/** `.venv`, with nothing but pip. Its scripts hold its path, so a clone that has moved gets a new one. */
export const pythonEnvironment = {
  name: "Python environment",
  inputs: () => [root],
  outputs: () => [venvPython],
  run: async () => {
    await run(await findPython(), ["-m", "venv", "--clear", venv], { log: "python", what: "making .venv" });
  },
};

/** JupyterLab and what the notebooks need. */
export const pythonPackages = install("Python packages", "requirements.txt", pythonEnvironment);

/** What only the tests need. */
export const testPackages = install("Python packages for the tests", "test/requirements.txt", pythonPackages);

/** Where the environment keeps its packages. */
export function sitePackages() {
  if (windows) return path.join(venv, "Lib/site-packages");
  const lib = path.join(venv, "lib");
  const [python = "python"] = fs.existsSync(lib) ? fs.readdirSync(lib) : [];
  return path.join(lib, python, "site-packages");
}

function install(name, requirements, after) {
  const mark = path.join(venv, `${name.replaceAll(" ", "-")}-installed`);
  return {
    name,
    after: [after.name],
    inputs: () => [contents(inRoot(requirements))],
    outputs: () => [mark],
    run: async () => {
      const options = ["--quiet", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"];
      await run(venvPython, ["-m", "pip", "install", ...options, "-r", inRoot(requirements)], {
        log: "python-packages",
        what: `installing ${requirements}`,
      });
      fs.writeFileSync(mark, "");
    },
  };
}

/** The first Python that is new enough and can make environments. */
async function findPython() {
  const seen = [];
  for (const command of candidates) {
    const [major, minor, canInstall] = await ask(command);
    if (major !== 3) continue;
    if (minor >= 10 && canInstall) return command;
    seen.push(`${command} is Python 3.${minor}${canInstall ? "" : " without its venv module"}`);
  }
  throw new Failure("no Python 3.10 or later that can make environments", {
    output: seen.length > 0 ? seen.join("\n") : "no python3 on the PATH",
    remedy: windows
      ? "Install Python 3.10 or later: `winget install Python.Python.3.12`."
      : "Install Python 3.10 or later with venv: `apt install python3-venv` on Debian and Ubuntu, `dnf install python3.12` on " +
        "Fedora and RHEL, `brew install python@3.12` on macOS.",
  });
}

/** The major and minor version of a Python and whether pip can be put into its environments; empty when there is none. */
async function ask(command) {
  try {
    return (await run(command, ["-c", probe], { log: "python" })).trim().split(" ").map(Number);
  } catch {
    return [];
  }
}
