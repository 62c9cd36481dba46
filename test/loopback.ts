import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Loopback {
  readonly url: string;
  /** The Range header of each request, in order; undefined where it had none. */
  readonly ranges: (string | undefined)[];
}

/** A server on loopback that lives as long as the test. */
export async function loopback(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Loopback> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, ranges };
}

/**
 * Serves `content` as a careful server does: a strong ETag, and the rest of it where Range and If-Range agree.
 * @param most bytes an answer may carry before the connection is cut
 */
export function serve(content: Buffer, { etag = '"v1"', most = Number.POSITIVE_INFINITY } = {}) {
  return ({ headers }: IncomingMessage, response: ServerResponse): void => {
    const asked = /^bytes=(\d+)-$/.exec(headers.range ?? "");
    const fresh = headers["if-range"] === undefined || headers["if-range"] === etag;
    const from = asked && fresh ? Number(asked[1]) : 0;
    const rest = content.subarray(from);
    if (asked && fresh) {
      const range = `bytes ${from}-${content.length - 1}/${content.length}`;
      response.writeHead(206, { etag, "content-length": rest.length, "content-range": range });
    } else {
      response.writeHead(200, { etag, "content-length": rest.length });
    }
    if (rest.length <= most) response.end(rest);
    else response.write(rest.subarray(0, most), () => setTimeout(() => response.destroy(), 20));
  };
}
