/** A real server with a hub's paths, over files in memory; it can break off, ignore ranges and change its mind. */

import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export class FileServer {
  readonly files = new Map<string, Uint8Array>();
  /** Path and range of every request for a file. */
  readonly requests: string[] = [];
  /** Break the line after so many bytes of an answer, so many times. */
  breaks = { afterBytes: 0, times: 0 };
  knowsRanges = true;
  /** Answer with this instead. */
  status: number | null = null;
  /** Send this many bytes and then nothing. */
  stallsAfter: number | null = null;
  commit = "c0ffee";
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** As `GET /api/models/{id}/revision/{revision}?blobs=true`. */
  listing(): unknown {
    const siblings = [...this.files].map(([rfilename, bytes]) => {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const isLarge = rfilename.endsWith(".safetensors");
      return { rfilename, size: bytes.length, lfs: isLarge ? { sha256, size: bytes.length } : null };
    });
    return { sha: this.commit, siblings };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? "", "http://localhost");
    if (this.status !== null) return void response.writeHead(this.status).end();
    if (pathname.startsWith("/api/models/owner/name/revision/"))
      return void response.end(JSON.stringify(this.listing()));
    const path = pathname.replace("/owner/name/resolve/c0ffee/", "").replace("/models/tiny/", "");
    const bytes = this.files.get(path) ?? this.files.get(pathname);
    if (bytes === undefined) return void response.writeHead(404).end();
    const range = this.knowsRanges ? request.headers.range : undefined;
    this.requests.push(`${path} ${request.headers.range ?? "whole"}`);
    const start = Number(range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
    const body = bytes.subarray(start);
    response.writeHead(range === undefined ? 200 : 206, {
      "content-length": body.length,
      ...(range === undefined ? {} : { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    });
    if (this.stallsAfter !== null) return void response.write(body.subarray(0, this.stallsAfter));
    if (this.breaks.times > 0) {
      this.breaks.times -= 1;
      response.write(body.subarray(0, this.breaks.afterBytes), () => response.destroy());
      return;
    }
    response.end(body);
  }
}
