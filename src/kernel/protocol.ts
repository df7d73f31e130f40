import { commInfo, connectComms, receiveComm } from "../lab/comms";
import type { Cell, Cells, ExecuteRequest } from "./cells";
import { statusOf } from "./compiler";
import { fromThrown } from "./errors";
import { decode, log, type Message, PROTOCOL, publish, reply } from "./message";
import type { Handler, Server, Socket } from "./tslab";

/** A request other than a cell: returns the content of its reply. */
type Answer = (handler: Handler, content: never) => object;

interface Cursor {
  code: string;
  cursor_pos: number;
}

/** Jupyter counts characters, JavaScript counts UTF-16 units: an emoji is one and two. */
const toUnits = (code: string, characters: number) => [...code].slice(0, characters).join("").length;
const toCharacters = (code: string, units: number) => [...code.slice(0, units)].length;

/** The requests that have a reply, without the suffixes `_request` and `_reply` of their names. */
function answers(versions: { tslab: string; typescript: string }, cells: Cells): Record<string, Answer> {
  return {
    kernel_info(handler) {
      const info = handler.handleKernel();
      return {
        ...info,
        status: "ok",
        protocol_version: PROTOCOL,
        implementation_version: versions.tslab,
        banner: `TypeScript ${versions.typescript} on Node ${process.version}`,
        language_info: { ...info.language_info, version: versions.typescript, pygments_lexer: "typescript" },
        help_links: [],
      };
    },
    complete(handler, { code, cursor_pos }: Cursor) {
      const found = handler.handleComplete({ code, cursor_pos: toUnits(code, cursor_pos) });
      return {
        ...found,
        cursor_start: toCharacters(code, found.cursor_start),
        cursor_end: toCharacters(code, found.cursor_end),
      };
    },
    inspect: (handler, { code, cursor_pos }: Cursor) =>
      handler.handleInspect({ code, cursor_pos: toUnits(code, cursor_pos) }),
    is_complete(handler, { code }: { code: string }) {
      const told = handler.handleIsComplete({ code });
      // tslab takes what is wrong, or ends inside a template, for complete; an empty line at the end shall make it so.
      return told.status === "complete" && !/\n\s*\n\s*$/.test(code) ? { status: statusOf(code) } : told;
    },
    history: () => ({ status: "ok", history: [] }),
    comm_info: (_handler, { target_name }: { target_name?: string }) => ({
      status: "ok",
      comms: commInfo(target_name),
    }),
    interrupt() {
      cells.interrupt();
      return { status: "ok" };
    },
    shutdown: (_handler, { restart = false }: { restart?: boolean }) => ({ status: "ok", restart }),
  };
}

/**
 * Makes tslab's server speak the Jupyter protocol in full: what it has no reply for is answered, cells go through `cells`,
 * and the process ends at a shutdown, whatever still runs in it.
 */
export function speakJupyter(server: Server, cells: Cells, versions: { tslab: string; typescript: string }): void {
  const answerTo = answers(versions, cells);
  /** Publishes as an answer to the comm message that is being taken, while one is. */
  let publishTaken: Cell["publish"] | undefined;
  connectComms((type, content, buffers, metadata) => {
    (publishTaken ?? cells.latest?.publish)?.(type, content, { buffers, metadata });
  });

  server.handleShellMessage = async function (socket, ...frames) {
    try {
      const message = decode(frames, this.connInfo.key);
      if (message.header.msg_type === "execute_request") submitCell(this, socket, message);
      else answer(this, socket, message);
    } catch (error) {
      log(String(error));
    }
  };

  function submitCell(server: Server, socket: Socket, message: Message): void {
    cells.submit(server.handler, {
      request: message.content as unknown as ExecuteRequest,
      id: message.metadata.cellId as string | undefined,
      deleted: (message.metadata.deletedCells ?? []) as string[],
      publish: (type, content, more) => publish(server, message, { type, content, ...more }),
      reply: (content, metadata) => reply(server, socket, message, { type: "execute_reply", content, metadata }),
    });
  }

  function answer(server: Server, socket: Socket, message: Message): void {
    publish(server, message, { type: "status", content: { execution_state: "busy" } });
    const { msg_type } = message.header;
    if (/^comm_(open|msg|close)$/.test(msg_type)) receive(server, message);
    else answerRequest(server, socket, message);
    publish(server, message, { type: "status", content: { execution_state: "idle" } });
    // Front ends show the last status they saw, and the cell beside this request still runs.
    cells.running?.publish("status", { execution_state: "busy" });
    if (msg_type === "shutdown_request") end();
  }

  function receive(server: Server, message: Message): void {
    publishTaken = (type, content, more) => publish(server, message, { type, content, ...more });
    try {
      receiveComm(message.header.msg_type, message.content as never, message.buffers);
    } finally {
      publishTaken = undefined;
    }
  }

  function answerRequest(server: Server, socket: Socket, message: Message): void {
    const name = message.header.msg_type.replace(/_request$/, "");
    const answer = answerTo[name];
    if (!answer) {
      log(`no answer to ${message.header.msg_type}`);
      return;
    }
    let content: object;
    try {
      content = answer(server.handler, message.content as never);
    } catch (error) {
      content = { status: "error", ...fromThrown(error) };
    }
    reply(server, socket, message, { type: `${name}_reply`, content });
  }
}

/** Lets the sockets send what they hold, then ends the process: timers or threads of a cell must not keep it. */
function end(): void {
  setTimeout(() => process.exit(0), 100);
}
