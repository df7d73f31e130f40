/**
 * Starts the tslab kernel so that it speaks the Jupyter protocol: the kernelspec runs
 * `node launcher.js --config-path <connection file>`.
 */
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { Cells } from "./cells";
import { adaptCompiler } from "./compiler";
import { speakJupyter } from "./protocol";
import { formatStack } from "./stack";
import type { ExecutorModule, JupyterModule, MainModule } from "./tslab";

/** Ends the kernel with the process that started it, even while a cell computes: hence in a thread of its own. */
function endWithParent(): void {
  const watch = `
    const parent = process.ppid;
    setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, "SIGKILL"); }, 1000);`;
  new Worker(watch, { eval: true }).unref();
}

function start(configPath: string): void {
  // Deep in a package, the default of ten frames may not reach the cell.
  Error.stackTraceLimit = 50;
  Error.prepareStackTrace = formatStack;
  // An interrupt before tslab listens would end the kernel.
  process.on("SIGINT", () => {});
  if (process.env.JPY_PARENT_PID === String(process.ppid)) endWithParent();

  const typescript = adaptCompiler();
  const { version: tslab } = require("tslab/package.json");
  const executorModule: ExecutorModule = require("tslab/dist/executor");
  const jupyterModule: JupyterModule = require("tslab/dist/jupyter");
  const { startKernel }: MainModule = require("tslab/dist/main");

  const cells = new Cells();
  const { createExecutor } = executorModule;
  executorModule.createExecutor = (root, converters) => {
    const executor = createExecutor(root, converters, cells.console);
    cells.adopt(executor, converters.node);
    return executor;
  };

  const server = jupyterModule.ZmqServer.prototype;
  speakJupyter(server, cells, { tslab, typescript });
  const { bindSocket } = server;
  server.bindSocket = function (socket, port) {
    // Without a time to wait, a message is sent before `send` returns; with one, a cell that prints more than 512 times
    // in one go finds the socket busy and loses the rest.
    socket.sendTimeout = 0;
    // By default ZeroMQ drops what a slow client has not read after 1000 messages.
    socket.sendHighWaterMark = 0;
    return bindSocket.call(this, socket, port);
  };

  // A tslab beside the notebook would not be the one that was changed here.
  startKernel({ configPath, enableFindLocal: false });
  for (const event of ["uncaughtException", "unhandledRejection"]) {
    process.removeAllListeners(event);
    process.on(event, (error) => cells.fail(error));
  }
}

const { values } = parseArgs({ options: { "config-path": { type: "string" } } });
if (values["config-path"] === undefined) {
  console.error("usage: node launcher.js --config-path <connection file>");
  process.exit(2);
}
start(values["config-path"]);
