// Starts JupyterLab on the notebooks, from this clone's Python environment and reachable from this machine only. Further
// arguments go to JupyterLab: `npm run lab -- --no-browser --port=9999`.
import { spawn } from "node:child_process";
import { root, setupFolder, venvPython } from "./setup/paths.mjs";

const given = process.argv.slice(2);
const options = [
  "--ip=127.0.0.1",
  `--ServerApp.root_dir=${root}`,
  "--LabApp.default_url=/lab/tree/notebooks",
  "--MultiKernelManager.default_kernel_name=tslab",
  "--LabApp.extension_manager=readonly", // the other one asks PyPI
];
// Jupyter refuses to run as root, as one is in a container, unless told so; it listens on 127.0.0.1 and asks for a token.
if (process.getuid?.() === 0) options.push("--allow-root");
// JupyterLab takes an option once, and what the user gives comes before ours.
const nameOf = (option) => option.split("=")[0];
const ours = options.filter((option) => !given.some((other) => nameOf(other) === nameOf(option)));

const jupyter = `${setupFolder}/jupyter`;
const env = {
  ...process.env,
  JUPYTER_CONFIG_DIR: `${jupyter}/config`,
  JUPYTER_DATA_DIR: `${jupyter}/data`,
  JUPYTER_RUNTIME_DIR: `${jupyter}/runtime`,
  IPYTHONDIR: `${jupyter}/ipython`,
  JUPYTER_PREFER_ENV_PATH: "1",
};

const lab = spawn(venvPython, ["-m", "jupyterlab", ...ours, ...given], {
  cwd: root,
  env,
  stdio: "inherit",
});
lab.on("error", () => {
  console.error("JupyterLab is not installed here: run `node scripts/setup.mjs`.");
  process.exitCode = 1;
});
lab.on("exit", (code) => {
  process.exitCode = code ?? 1;
});
process.on("SIGINT", () => {}); // Ctrl-C is JupyterLab's: it asks before it stops
process.on("SIGTERM", () => lab.kill());
