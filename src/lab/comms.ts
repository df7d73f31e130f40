import { randomUUID } from "node:crypto";

/**
 * Comms: channels between the kernel and a front end, by which widgets live.
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages
 */
export interface Comm {
  readonly id: string;
  send(data: object, buffers?: Buffer[]): void;
  close(): void;
}

/** What happens to a comm from the other side. */
export interface CommEvents {
  onMessage(data: Record<string, unknown>, buffers: Buffer[]): void;
  onClose?(): void;
}

/** Sends a message to all front ends; the kernel gives it. */
export type SendComm = (type: string, content: object, buffers?: Buffer[], metadata?: object) => void;

/** Takes a comm that a front end opens. */
type Accept = (comm: Comm) => CommEvents;

interface Open {
  readonly target: string;
  readonly events: CommEvents;
}

const open = new Map<string, Open>();
const targets = new Map<string, Accept>();
let send: SendComm | undefined;

/** Opens a comm to the front ends. Where there is none it goes nowhere. */
export function openComm(
  target: string,
  data: object,
  events: CommEvents,
  buffers?: Buffer[],
  metadata?: object,
): Comm {
  const comm = commOf(randomUUID());
  open.set(comm.id, { target, events });
  send?.("comm_open", { comm_id: comm.id, target_name: target, data }, buffers, metadata);
  return comm;
}

/** Lets front ends open comms to `target`. */
export function acceptComms(target: string, accept: Accept): void {
  targets.set(target, accept);
}

function commOf(id: string): Comm {
  return {
    id,
    send(data, buffers) {
      if (open.has(id)) send?.("comm_msg", { comm_id: id, data }, buffers);
    },
    close() {
      if (open.delete(id)) send?.("comm_close", { comm_id: id, data: {} });
    },
  };
}

/** For the kernel: how messages go out. */
export function connectComms(sender: SendComm): void {
  send = sender;
}

/** For the kernel: the open comms as `comm_info_reply` lists them, of one target or of all. */
export function commInfo(target?: string): Record<string, { target_name: string }> {
  const listed = [...open].filter(([, comm]) => target === undefined || comm.target === target);
  return Object.fromEntries(listed.map(([id, comm]) => [id, { target_name: comm.target }]));
}

interface CommContent {
  comm_id: string;
  target_name?: string;
  data?: Record<string, unknown>;
}

/** For the kernel: takes a `comm_open`, `comm_msg` or `comm_close` that a front end sent. */
export function receiveComm(type: string, { comm_id, target_name, data = {} }: CommContent, buffers: Buffer[]): void {
  if (type === "comm_open") {
    const target = target_name ?? "";
    const accept = targets.get(target);
    if (accept) open.set(comm_id, { target, events: accept(commOf(comm_id)) });
    // What nobody here knows is closed at once, as the protocol wants it.
    else send?.("comm_close", { comm_id, data: {} });
  } else if (type === "comm_msg") {
    open.get(comm_id)?.events.onMessage(data, buffers);
  } else if (type === "comm_close") {
    const closed = open.get(comm_id);
    open.delete(comm_id);
    closed?.events.onClose?.();
  }
}
