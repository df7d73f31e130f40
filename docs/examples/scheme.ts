import { ratesOf, type Scheme } from "dios-lab";

const LOCAL = 0;
const EDGE = 1;

/** Offloads a sub-task to the edge where its grant carries at least so many bit/s, and runs it on the device elsewhere. */
export function fastRadio(bitPerS: number): Scheme {
  return {
    name: "FAST",
    title: "edge where the radio is fast",
    decide({ scenario, states }) {
      const rates = ratesOf(scenario, states); // [count x T]
      return Uint8Array.from(rates, (rate) => (rate >= bitPerS ? EDGE : LOCAL));
    },
  };
}
