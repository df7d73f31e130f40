import { createRequire } from "node:module";
import type { CompilerHost, CompilerModule, SyntaxNode, TypeChecker } from "./tslab";

/** Adapts the TypeScript compiler that tslab brings, before tslab loads it. Returns its version. */
export function adaptCompiler(): string {
  const path = createRequire(require.resolve("tslab")).resolve("@tslab/typescript-for-tslab");
  const compiler: CompilerModule = require(path);
  // For `sources.ts`, which tells the lines of a cell from those of its output.
  const inlineSourceMap = true;
  override(path, {
    createWatchCompilerHost: (files: string[], options: object, ...rest: unknown[]) =>
      readShorthands(compiler, compiler.createWatchCompilerHost(files, { ...options, inlineSourceMap }, ...rest)),
    transpileModule: (code: string, options: { compilerOptions: object }) =>
      compiler.transpileModule(code, {
        ...options,
        compilerOptions: { ...options.compilerOptions, inlineSourceMap },
      }),
    visitEachChild: (node: SyntaxNode, visitor: (child: SyntaxNode) => SyntaxNode, context: unknown) =>
      writeShorthand(compiler, node, visitor) ?? compiler.visitEachChild(node, visitor, context),
  });
  return compiler.version;
}

/**
 * tslab turns each name of an earlier cell into `exports.name`, but misses it in `{ name }`, which then throws a ReferenceError:
 * it asks for the symbol of the property, not of the value that the name stands for.
 */
function readShorthands(compiler: CompilerModule, host: CompilerHost): CompilerHost {
  const seen = new WeakSet<TypeChecker>();
  const createProgram = host.createProgram.bind(host);
  host.createProgram = (...rest) => {
    const builder = createProgram(...rest);
    const checker = builder.getProgram().getTypeChecker();
    if (!seen.has(checker)) {
      seen.add(checker);
      const getSymbol = checker.getSymbolAtLocation.bind(checker);
      checker.getSymbolAtLocation = (node) =>
        node.parent && compiler.isShorthandPropertyAssignment(node.parent)
          ? checker.getShorthandAssignmentValueSymbol(node.parent)
          : getSymbol(node);
    }
    return builder;
  };
  return host;
}

/** `{ name }` as `{ name: exports.name }` where the visitor makes that of the name. */
function writeShorthand(
  { factory, isShorthandPropertyAssignment }: CompilerModule,
  node: SyntaxNode,
  visitor: (child: SyntaxNode) => SyntaxNode,
): SyntaxNode | undefined {
  if (!isShorthandPropertyAssignment(node) || !node.name) return undefined;
  const value = visitor(node.name);
  if (value === node.name) return undefined;
  return factory.createPropertyAssignment(factory.createIdentifier(node.name.text as string), value);
}

/** Replaces what a loaded module exports; the compiler's exports are getters that cannot be assigned. */
function override(path: string, overrides: object): void {
  const cached = require.cache[path];
  if (!cached) throw new Error(`${path} is not loaded`);
  const properties = Object.getOwnPropertyDescriptors(cached.exports);
  for (const [name, value] of Object.entries(overrides)) properties[name] = { value, enumerable: true };
  cached.exports = Object.defineProperties({}, properties);
}

/** Whether code can run, is wrong, or is the beginning of something. */
export function statusOf(code: string): "complete" | "incomplete" | "invalid" {
  const path = createRequire(require.resolve("tslab")).resolve("@tslab/typescript-for-tslab");
  const { createSourceFile, ScriptTarget }: CompilerModule = require(path);
  const { parseDiagnostics } = createSourceFile("cell.ts", code, ScriptTarget.Latest);
  if (parseDiagnostics.length === 0) return "complete";
  const open = parseDiagnostics.some(
    ({ start, length, code: what }) => start === code.length && length === 0 && what !== UNTERMINATED_STRING,
  );
  return open ? "incomplete" : "invalid";
}

/** A string in quotes does not go on in the next line. */
const UNTERMINATED_STRING = 1002;
