/** A calibration of a few seconds into DIOS_OUT, as a process of its own. */
import { InputError } from "../../src/errors";
import { calibrationOf } from "../../src/lab/calibration";

const rounds = [
  { structures: 6, generations: 3, states: 20 },
  { structures: 2, generations: 10, states: 40 },
];

calibrationOf({ seed: 3, rounds }).catch((error) => {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
