// Starts the page's worker, unchanged, and can say how large its wasm memory is and what it has asked of a GPU: the
// protocol doesn't tell. It is served beside the worker's own script, so that what that loads is found. Workers that it
// starts are measured with it.
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

const gpu = { launches: {}, submissions: 0, uploads: 0, uploadedBytes: 0, readBacks: 0, readBytes: 0 };

/** Have `look` see the arguments of each call of a method, and its result. */
function watch(type, name, look) {
  const original = type.prototype[name];
  type.prototype[name] = function (...args) {
    const result = original.apply(this, args);
    look(this, args, result);
    return result;
  };
}

if ("GPUDevice" in self) {
  const pipelines = new WeakMap();
  watch(GPUComputePassEncoder, "setPipeline", (pass, [{ label }]) => pipelines.set(pass, label));
  for (const name of ["dispatchWorkgroups", "dispatchWorkgroupsIndirect"]) {
    watch(GPUComputePassEncoder, name, (pass) => {
      // The end of a name is the hash of the kernel's settings.
      const kernel = pipelines.get(pass).replace(/_[0-9a-f]{6,}.*$/, "");
      gpu.launches[kernel] = (gpu.launches[kernel] ?? 0) + 1;
    });
  }
  watch(GPUQueue, "submit", () => {
    gpu.submissions += 1;
  });
  const upload = (bytes) => {
    gpu.uploads += 1;
    gpu.uploadedBytes += bytes;
  };
  watch(GPUQueue, "writeBuffer", (_, [, , data, , size]) => {
    upload(size === undefined ? data.byteLength : size * (data.BYTES_PER_ELEMENT ?? 1));
  });
  watch(GPUDevice, "createBuffer", (_, [{ mappedAtCreation, size }]) => mappedAtCreation && upload(size));
  watch(GPUBuffer, "mapAsync", (buffer, [mode, , size]) => {
    if (mode !== GPUMapMode.READ) return;
    gpu.readBacks += 1;
    gpu.readBytes += size ?? buffer.size;
  });
}

// Not a message to the worker, who would take it for a command.
const channel = new BroadcastChannel("bench-memory");
const id = crypto.randomUUID();
channel.onmessage = ({ data }) => {
  if (data !== "report") return;
  const sizes = [...memories].map((memory) => memory.buffer.byteLength);
  channel.postMessage({ id, bytes: sizes.reduce((sum, size) => sum + size, 0), gpu });
};

await import(target);
