import type { Cells, ExecuteRequest } from "./cells";
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
    is_complete: (handler, content) => handler.handleIsComplete(content),
    history: () => ({ status: "ok", history: [] }),
    // No comm targets yet, so no widgets.
    comm_info: () => ({ status: "ok", comms: {} }),
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
      publish: (type, content) => publish(server, message, { type, content }),
      reply: (content, metadata) => reply(server, socket, message, { type: "execute_reply", content, metadata }),
    });
  }

  function answer(server: Server, socket: Socket, message: Message): void {
    publish(server, message, { type: "status", content: { execution_state: "busy" } });
    const { msg_type } = message.header;
    if (msg_type === "comm_open") {
      publish(server, message, { type: "comm_close", content: { comm_id: message.content.comm_id, data: {} } });
    } else if (!msg_type.startsWith("comm_") || msg_type === "comm_info_request") {
      answerRequest(server, socket, message);
    }
    publish(server, message, { type: "status", content: { execution_state: "idle" } });
    // Front ends show the last status they saw, and the cell beside this request still runs.
    cells.running?.publish("status", { execution_state: "busy" });
    if (msg_type === "shutdown_request") end();
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
