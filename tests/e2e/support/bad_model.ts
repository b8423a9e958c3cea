/** Model folders that are wrong in one way each, made from BERT-tiny. */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../../", import.meta.url);

/** A file as a file picker gets it. */
export interface ChosenFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

export function chosen(name: string, content: string | Buffer | object): ChosenFile {
  const isText = typeof content === "string" || Buffer.isBuffer(content);
  const buffer = Buffer.from(isText ? content : JSON.stringify(content));
  return { name, mimeType: "application/octet-stream", buffer };
}

interface TensorEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** A safetensors file: its header, and the bytes after it. */
export interface Tensors {
  header: Record<string, TensorEntry>;
  data: Buffer;
}

export function readTensors(file: Buffer): Tensors {
  const length = Number(file.readBigUInt64LE(0));
  return { header: JSON.parse(file.subarray(8, 8 + length).toString()), data: file.subarray(8 + length) };
}

export function writeTensors({ header, data }: Tensors): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

export interface TinyFolder {
  config: Record<string, unknown>;
  weights: Buffer;
  vocab: Buffer;
}

export async function tinyFolder(): Promise<TinyFolder> {
  const read = (path: string) => readFile(fileURLToPath(new URL(path, ROOT)));
  return {
    config: JSON.parse((await read("tests/models/bert-tiny/config.json")).toString()),
    weights: await read("tests/models/bert-tiny/model.safetensors"),
    vocab: await read("web/models/all-MiniLM-L6-v2/vocab.txt"),
  };
}

/** The three files that make a model, with what is to be different. */
export function filesOf({ config, weights, vocab }: TinyFolder): ChosenFile[] {
  return [chosen("config.json", config), chosen("model.safetensors", weights), chosen("vocab.txt", vocab)];
}

/** With the tensor `name` changed in the header. */
export function withEntry(weights: Buffer, name: string, change: (entry: TensorEntry) => TensorEntry | null): Buffer {
  const tensors = readTensors(weights);
  const entry = tensors.header[name];
  if (entry === undefined) throw new Error(`the file has no ${name}`);
  const { [name]: _, ...rest } = tensors.header;
  const changed = change(entry);
  return writeTensors({ ...tensors, header: changed === null ? rest : { ...rest, [name]: changed } });
}

/** With one number of the tensor `name` changed. */
export function withNumber(weights: Buffer, name: string, value: number): Buffer {
  const { header, data } = readTensors(weights);
  const entry = header[name];
  if (entry === undefined) throw new Error(`the file has no ${name}`);
  const changed = Buffer.from(data);
  changed.writeFloatLE(value, entry.data_offsets[0] + 8);
  return writeTensors({ header, data: changed });
}
