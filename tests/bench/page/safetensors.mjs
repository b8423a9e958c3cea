// A model of another depth, made of a checkpoint's layers: the first ones of it, or all of them again and again. Such a
// model computes nonsense, but as much of it as a trained one of that depth.

const LAYER = /^(.*encoder\.layer\.)(\d+)(\..*)$/;
/** A safetensors file begins with the length of its header, 8 bytes. */
const LENGTH_BYTES = 8;

/** `{config, weights}` with `nLayers` encoder layers; 0 leaves the model as it is. */
export function withLayers({ config, weights }, nLayers) {
  if (nLayers === 0 || nLayers === config.num_hidden_layers) return { config, weights };
  const { header, data } = parse(weights);
  const tensors = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [, before, layer, after] = name.match(LAYER) ?? [];
    if (layer === undefined) {
      tensors.push({ name, entry });
      continue;
    }
    for (let idx = Number(layer); idx < nLayers; idx += config.num_hidden_layers) {
      tensors.push({ name: `${before}${idx}${after}`, entry });
    }
  }
  return { config: { ...config, num_hidden_layers: nLayers }, weights: write(tensors, data) };
}

function parse(bytes) {
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const start = LENGTH_BYTES + headerLength;
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, start)));
  return { header, data: bytes.subarray(start) };
}

function write(tensors, data) {
  const header = {};
  let nBytes = 0;
  for (const { name, entry } of tensors) {
    const length = entry.data_offsets[1] - entry.data_offsets[0];
    header[name] = { ...entry, data_offsets: [nBytes, nBytes + length] };
    nBytes += length;
  }
  // Padded, so that the numbers behind it lie where a reader may take them as they are.
  const text = JSON.stringify(header);
  const encoded = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / LENGTH_BYTES) * LENGTH_BYTES));
  const file = new Uint8Array(LENGTH_BYTES + encoded.length + nBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(encoded.length), true);
  file.set(encoded, LENGTH_BYTES);
  let position = LENGTH_BYTES + encoded.length;
  for (const { entry } of tensors) {
    const tensor = data.subarray(...entry.data_offsets);
    file.set(tensor, position);
    position += tensor.length;
  }
  return file;
}
