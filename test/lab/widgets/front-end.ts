import { commInfo, connectComms, receiveComm } from "../../../src/lab/comms";

export interface Sent {
  type: string;
  id: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a message holds depends on its method.
  data: any;
  buffers: Buffer[];
  metadata: object | undefined;
}

/** Stands in for a front end: keeps all that the kernel sends and sends what a browser would. */
export const sent: Sent[] = [];

connectComms((type, content, buffers = [], metadata) => {
  const { comm_id, data } = content as { comm_id: string; data: object };
  // As on the wire: later changes of the kernel's objects must not be seen.
  sent.push({ type, id: comm_id, data: structuredClone(data), buffers, metadata });
});

/** What the kernel sent about one widget. */
export const sentAbout = (id: string): Sent[] => sent.filter((message) => message.id === id);

/** The state of a widget as a front end knows it. */
export function stateOf(id: string): Record<string, unknown> {
  const states = sentAbout(id).filter(({ data }) => data.state && data.method !== "echo_update");
  return Object.assign({}, ...states.map(({ data }) => data.state));
}

/** The user changed the state of a widget. */
export const userSets = (id: string, state: object): void =>
  receiveComm("comm_msg", { comm_id: id, data: { method: "update", state, buffer_paths: [] } }, []);

/** The browser's part of a widget sends a message. */
export const userSends = (id: string, content: object): void =>
  receiveComm("comm_msg", { comm_id: id, data: { method: "custom", content } }, []);

export const openIds = (): string[] => Object.keys(commInfo("jupyter.widget"));

export const pause = (milliseconds: number): Promise<void> => new Promise((next) => setTimeout(next, milliseconds));
