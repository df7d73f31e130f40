import { CLOUD, EDGE, LOCAL, type Site } from "../mec/sites";
import type { Scheme, SchemeName } from "./scheme";

function everythingAt(name: SchemeName, site: Site, title: string): Scheme {
  return { name, title, decide: ({ states }) => new Uint8Array(states.cyclesPerByte.length).fill(site) };
}

/** Every sub-task on the device. */
export const los = everythingAt("LOS", LOCAL, "all local");

/** Every sub-task at the edge. */
export const eos = everythingAt("EOS", EDGE, "all edge");

/** Every sub-task in the cloud. */
export const cos = everythingAt("COS", CLOUD, "all cloud");
