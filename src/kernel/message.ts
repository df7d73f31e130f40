import { createHmac, randomUUID } from "node:crypto";
import type { Server, Socket } from "./tslab";

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html */
export const PROTOCOL = "5.3";
const DELIMITER = "<IDS|MSG>";
const SESSION = randomUUID();

/** A Jupyter message as it came from a client. */
export interface Message {
  /** The routing prefix: who asked, so that the reply finds its way back. */
  identities: Buffer[];
  header: Record<string, unknown> & { msg_type: string };
  metadata: Record<string, unknown>;
  content: Record<string, unknown>;
  /** Binary attachments, as widgets send them. */
  buffers: Buffer[];
}

function sign(key: string, parts: (string | Buffer)[]): string {
  if (key === "") return "";
  const hash = createHmac("sha256", key);
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** Reads a message from its frames. Throws when it has no delimiter or its signature is not made with `key`. */
export function decode(frames: Buffer[], key: string): Message {
  const at = frames.findIndex((frame) => frame.toString() === DELIMITER);
  if (at < 0) throw new Error("message without delimiter");
  const [header, parent, metadata, content, ...buffers] = frames.slice(at + 2);
  if (!header || !parent || !metadata || !content) throw new Error("message with missing parts");
  if (frames[at + 1]?.toString() !== sign(key, [header, parent, metadata, content])) {
    throw new Error("message with a wrong signature");
  }
  return {
    identities: frames.slice(0, at),
    header: JSON.parse(header.toString()),
    metadata: JSON.parse(metadata.toString()),
    content: JSON.parse(content.toString()),
    buffers,
  };
}

/** Content of an outgoing message, and what may go with it. */
export interface Outgoing {
  type: string;
  content: object;
  metadata?: object | undefined;
  buffers?: Buffer[] | undefined;
}

async function send(
  socket: Socket,
  key: string,
  prefix: (string | Buffer)[],
  parent: object,
  message: Outgoing,
): Promise<void> {
  const header = {
    msg_id: randomUUID(),
    msg_type: message.type,
    session: SESSION,
    username: "kernel",
    date: new Date().toISOString(),
    version: PROTOCOL,
  };
  const parts = [header, parent, message.metadata ?? {}, message.content].map((part) => JSON.stringify(part));
  const frames = [...prefix, DELIMITER, sign(key, parts), ...parts, ...(message.buffers ?? [])];
  // A cell must not fail because nobody can be told about it.
  try {
    await socket.send(frames);
  } catch (error) {
    log(`${message.type} not sent: ${error}`);
  }
}

/** Answers one client on the socket that it asked on. */
export function reply(server: Server, socket: Socket, to: Message, message: Outgoing): void {
  send(socket, server.connInfo.key, to.identities, to.header, message);
}

/** Tells every client; `parent` is the request that it belongs to, such as the cell that prints. */
export function publish(server: Server, parent: Message, message: Outgoing): void {
  send(server.iopub, server.connInfo.key, [message.type], parent.header, message);
}

const stderr = process.stderr.write.bind(process.stderr);

/** Writes to the kernel's own log; `console.error` would go into the cell that runs. */
export function log(text: string): void {
  stderr(`[dios-lab kernel] ${text}\n`);
}
