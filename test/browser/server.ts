import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { ROOT } from "../../src/version";
import { until } from "./browser";

/** JupyterLab as `npm run lab` starts it, on a folder of notebooks of its own. */
export interface Server {
  /** Address without a slash at the end. */
  readonly address: string;
  readonly token: string;
  /** The folder; what is made in it goes with `stop`. */
  readonly folder: string;
  /** What the server printed. */
  log(): string;
  /** Ends the server and its kernels, and removes the folder. */
  stop(): Promise<void>;
}

/** Starts it; `environment` is for the kernels, by default that of quick runs with data of their own. */
export async function startServer(environment?: NodeJS.ProcessEnv): Promise<Server> {
  // Below the clone, so that the notebooks find `dios-lab` as those in notebooks/ do.
  const folder = fs.mkdtempSync(path.join(ROOT, ".setup", "browser test-"));
  const notebooks = path.join(folder, "notebooks");
  fs.mkdirSync(notebooks);
  const token = "for-tests";
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [
      path.join(ROOT, "scripts", "lab.mjs"),
      "--no-browser",
      `--port=${port}`,
      "--ServerApp.port_retries=0",
      `--ServerApp.root_dir=${notebooks}`,
      `--IdentityProvider.token=${token}`,
      `--LabApp.workspaces_dir=${folder}/workspaces`,
      `--LabApp.user_settings_dir=${folder}/settings`,
      "--expose-app-in-browser",
    ],
    {
      env: { ...process.env, ...(environment ?? { DIOS_QUICK: "1", DIOS_OUT: folder }) },
      stdio: ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32", // a process group, which ends as one
    },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));

  const signal = (name: NodeJS.Signals) => {
    try {
      if (process.platform === "win32") child.kill(name);
      else process.kill(-(child.pid as number), name);
    } catch {
      // It has ended.
    }
  };
  const atOnce = () => signal("SIGKILL");
  process.once("exit", atOnce);

  const server: Server = {
    address: `http://127.0.0.1:${port}`,
    token,
    folder: notebooks,
    log: () => said,
    async stop() {
      signal("SIGTERM");
      const late = setTimeout(atOnce, 10_000);
      await exited;
      clearTimeout(late);
      process.off("exit", atOnce);
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    const answers = () =>
      fetch(`${server.address}/api/status?token=${token}`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until(async () => child.exitCode !== null || (await answers()), Boolean, 90);
    if (child.exitCode !== null) throw new Error("JupyterLab ended");
    return server;
  } catch (error) {
    await server.stop();
    throw new Error(`${(error as Error).message}. It printed:\n${said}`);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = socket.address() as net.AddressInfo;
      socket.close(() => resolve(port));
    });
  });
}
