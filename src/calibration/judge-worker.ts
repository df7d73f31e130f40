/** What a worker of startJudges runs. */
import { parentPort } from "node:worker_threads";
import type { Order } from "./calibrate";
import { judge } from "./judges";

parentPort?.on("message", (order: Order) => parentPort?.postMessage(judge(...order)));
