/**
 * The parts of tslab 1.0.22 that the kernel touches. They are typed here because tslab's own declarations pull in those
 * of its TypeScript compiler, which take longer to read than all of ours.
 */

/** One message of the TypeScript compiler about a cell; positions count from 0. */
export interface Diagnostic {
  start: { line: number; character: number };
  end: { line: number; character: number };
  messageText: string;
  code: number;
  /** Set when the message is about another file than the cell. */
  fileName?: string;
}

export interface Converter {
  convert(previous: string, code: string): { output?: string; diagnostics: Diagnostic[] };
}

/** What tslab's executor reports through: `log` gets a cell's value, `error` what it threw or its diagnostics. */
export interface ExecutorConsole {
  log(value: unknown): void;
  error(...reported: unknown[]): void;
}

export interface Executor {
  interrupt(): void;
}

/** Sends display data; `update` changes the display that has the same `transient.display_id`. */
export type WriteDisplay = (
  message: { data: object; metadata: object; transient: { display_id?: string } },
  update: boolean,
) => void;

export interface Handler {
  execCount: number;
  handleKernel(): { language_info: object };
  /** Runs a cell and resolves to its number; rejects when the cell failed, which its console was told about. */
  handleExecuteImpl(
    request: { code: string },
    writeStream: (name: string, text: string) => void,
    writeDisplay: WriteDisplay,
  ): Promise<unknown>;
  handleIsComplete(request: object): { status: string };
  handleInspect(request: { code: string; cursor_pos: number }): object;
  handleComplete(request: { code: string; cursor_pos: number }): { cursor_start: number; cursor_end: number };
}

export interface Socket {
  sendHighWaterMark: number;
  sendTimeout: number;
  send(frames: (string | Buffer)[]): Promise<void>;
}

export interface Server {
  handler: Handler;
  connInfo: { key: string };
  iopub: Socket;
  bindSocket(socket: Socket, port: number): Promise<void>;
  handleShellMessage(socket: Socket, ...frames: Buffer[]): Promise<void>;
}

export interface JupyterModule {
  ZmqServer: { prototype: Server };
  lastWriteDisplayData: WriteDisplay | null;
}

export interface ExecutorModule {
  createExecutor(root: string, converters: { node: Converter }, console: ExecutorConsole): Executor;
}

export interface MainModule {
  startKernel(options: { configPath: string; enableFindLocal: boolean }): void;
}

/** A node of TypeScript's syntax tree, as far as it matters here. */
export interface SyntaxNode {
  parent?: SyntaxNode;
  name?: SyntaxNode;
  text?: string;
}

export interface TypeChecker {
  getSymbolAtLocation(node: SyntaxNode): unknown;
  getShorthandAssignmentValueSymbol(node: SyntaxNode): unknown;
}

type Visitor = (node: SyntaxNode) => SyntaxNode;

export interface CompilerModule {
  version: string;
  /** The tree of a source, with what is wrong in its grammar. */
  createSourceFile(
    name: string,
    code: string,
    target: number,
  ): { parseDiagnostics: { start: number; length: number; code: number }[] };
  ScriptTarget: { Latest: number };
  createWatchCompilerHost(files: string[], options: object, ...rest: unknown[]): CompilerHost;
  transpileModule(code: string, options: { compilerOptions: object }): unknown;
  isShorthandPropertyAssignment(node: SyntaxNode): boolean;
  visitEachChild(node: SyntaxNode, visitor: Visitor, context: unknown): SyntaxNode;
  factory: {
    createIdentifier(text: string): SyntaxNode;
    createPropertyAssignment(name: SyntaxNode, value: SyntaxNode): SyntaxNode;
  };
}

export interface CompilerHost {
  createProgram(...rest: unknown[]): { getProgram(): { getTypeChecker(): TypeChecker } };
}
