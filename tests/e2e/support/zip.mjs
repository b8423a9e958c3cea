// Zip files as tests need them: honest ones and hostile ones, which no library writes. (APPNOTE.TXT, 4.3.)

import { crc32, deflateRawSync } from "node:zlib";

const STORED = 0;
const DEFLATED = 8;

/** @param {{ name: string, bytes: Buffer, isDeflated?: boolean, claimedSize?: number }[]} entries */
export function zipOf(entries) {
  const locals = [];
  const directory = [];
  let offset = 0;
  for (const { name, bytes, isDeflated = false, claimedSize = bytes.length } of entries) {
    const data = isDeflated ? deflateRawSync(bytes) : bytes;
    const path = Buffer.from(name);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(isDeflated ? DEFLATED : STORED, 4);
    // 1980-01-01, the format's first day.
    shared.writeUInt16LE(0x21, 8);
    shared.writeUInt32LE(crc32(bytes), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(claimedSize, 18);
    shared.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), shared, path, data]);
    const entry = Buffer.alloc(46);
    entry.write("PK\x01\x02");
    entry.writeUInt16LE(20, 4);
    shared.copy(entry, 6);
    entry.writeUInt32LE(offset, 42);
    directory.push(Buffer.concat([entry, path]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
