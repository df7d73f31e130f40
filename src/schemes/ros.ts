import seedrandom from "seedrandom";
import { SITES } from "../mec/sites";
import type { Scheme } from "./scheme";

/** Random offloading: every sub-task anywhere, each site with probability 1/3; the seed gives the same decisions again. */
export function ros(seed: number): Scheme {
  return {
    name: "ROS",
    title: "random",
    decide({ states }) {
      const random = seedrandom.alea(`${seed}/ROS`);
      return Uint8Array.from({ length: states.cyclesPerByte.length }, () => Math.floor(SITES * random()));
    },
  };
}
