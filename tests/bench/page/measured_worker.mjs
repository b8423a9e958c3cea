// Starts the page's worker, unchanged, and can say how large its wasm memory is: the protocol doesn't tell. It is
// served beside the worker's own script, so that what that loads is found. Workers that it starts are measured with
// it.
//
// wasm memory never shrinks, so the last size that an instance tells is its peak.

const memories = new Set();
const target = new URL(self.location).searchParams.get("of");

for (const name of ["instantiate", "instantiateStreaming"]) {
  const original = WebAssembly[name];
  WebAssembly[name] = async (...args) => {
    const result = await original.apply(WebAssembly, args);
    const { exports } = result.instance ?? result;
    const imports = Object.values(args[1] ?? {}).flatMap((module) => Object.values(module));
    for (const value of [...Object.values(exports), ...imports]) {
      if (value instanceof WebAssembly.Memory) memories.add(value);
    }
    return result;
  };
}

self.Worker = class extends Worker {
  constructor(url, options) {
    const script = new URL(url, self.location);
    const isMeasured = script.pathname === self.location.pathname;
    super(isMeasured ? script : `${self.location.pathname}?of=${encodeURIComponent(script)}`, options);
  }
};

// Not a message to the worker, who would take it for a command.
const channel = new BroadcastChannel("bench-memory");
const id = crypto.randomUUID();
channel.onmessage = ({ data }) => {
  if (data !== "report") return;
  const sizes = [...memories].map((memory) => memory.buffer.byteLength);
  channel.postMessage({ id, bytes: sizes.reduce((sum, size) => sum + size, 0) });
};

await import(target);
