import { workerData } from "node:worker_threads";
import { type LearnerThread, learnerParts } from "./learner-parts";
import { countersAt, help } from "./team";

/** A thread of a learner. */
const data = workerData as LearnerThread;
help(countersAt(data.memory, data.settings), learnerParts(data));
