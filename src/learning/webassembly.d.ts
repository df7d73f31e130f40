/** What Node has of WebAssembly; TypeScript declares it for browsers alone. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  var Memory: new (size: { initial: number; maximum?: number; shared?: boolean }) => Memory;
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  var Module: new (code: Uint8Array) => Module;
  interface Instance {
    readonly exports: object;
  }
  var Instance: new (module: Module, imports: { env: { memory: Memory } }) => Instance;
}
