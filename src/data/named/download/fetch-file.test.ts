import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { put } from "../../../../test/data-samples.ts";
import { loopback, serve } from "../../../../test/loopback.ts";
import { programLine, source } from "../../../../test/source-program.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { fetchFile } from "./fetch-file.ts";

const content = Buffer.from(Uint8Array.from({ length: 50_000 }, (_, i) => (i * 7919) >> 3));
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");
const remote = (url: string, bytes = content) => ({ url, name: "a.bin", md5: md5(bytes), bytes: bytes.length });
const quick = { pauseMs: 1, tries: 3, idleMs: 2000 };

describe("fetchFile", () => {
  it("fetches, reports progress, and leaves nothing but the file", async () => {
    const folder = temporaryFolder();
    const { url, ranges } = await loopback(serve(content));
    const seen: number[] = [];
    await fetchFile(remote(url), folder, { ...quick, onProgress: (_, received) => seen.push(received) });
    expect(readFileSync(join(folder, "a.bin")).equals(content)).toBe(true);
    expect(readdirSync(folder)).toEqual(["a.bin"]);
    expect(seen.at(-1)).toBe(content.length);
    await fetchFile(remote(url), folder, quick);
    expect(ranges).toEqual([undefined]);
  });

  it("goes on after cut connections where they broke off", async () => {
    const folder = temporaryFolder();
    const { url, ranges } = await loopback(serve(content, { most: 9000 }));
    await fetchFile(remote(url), folder, quick);
    expect(readFileSync(join(folder, "a.bin")).equals(content)).toBe(true);
    expect(ranges.length).toBeGreaterThan(4);
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it.skipIf(process.platform === "win32")(
    "keeps what came where the system takes no more, and goes on later",
    async () => {
      const folder = temporaryFolder();
      const { url, ranges } = await loopback(serve(content));
      const script = `
      import { fetchFile } from ${source("src/data/named/download/fetch-file.ts")};
      const [file, folder] = JSON.parse(process.argv[1]);
      await fetchFile(file, folder).catch((error) => console.log(error.code, error.message));`;
      const program = [process.execPath, ...programLine(script, JSON.stringify([remote(url), folder]))];
      const { stdout } = await promisify(execFile)("bash", ["-c", `ulimit -f 16 && exec "$0" "$@"`, ...program]);
      expect(stdout).toMatch(/^disk \S+a\.bin\.part: .*found a limit on the size of files; .*; what came is kept\n$/);
      await fetchFile(remote(url), folder, quick);
      expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
      expect(readFileSync(join(folder, "a.bin")).equals(content)).toBe(true);
    },
  );

  it("goes on in a later call, and starts over when the server has another version", async () => {
    const folder = temporaryFolder();
    let working = false;
    let etag = '"v1"';
    let first = true;
    const { url, ranges } = await loopback((request, response) => {
      if (working) return serve(content, { etag })(request, response);
      if (!first) return void response.destroy();
      first = false;
      serve(content, { etag, most: 9000 })(request, response);
    });
    await expect(fetchFile(remote(url), folder, quick)).rejects.toThrow(
      /expected to download a\.bin, found a cut connection; run again to go on from byte 9000, or download it by other means/,
    );
    expect(existsSync(join(folder, "a.bin.part"))).toBe(true);
    [working, etag] = [true, '"v2"'];
    await fetchFile(remote(url), folder, quick);
    expect(ranges.at(-1)).toBe("bytes=9000-");
    expect(readFileSync(join(folder, "a.bin")).equals(content)).toBe(true);
  });

  it("takes the whole from a server that knows no ranges", async () => {
    const folder = temporaryFolder();
    put(folder, "a.bin.part", content.subarray(0, 100));
    const { url } = await loopback((_, response) => void response.end(content));
    await fetchFile(remote(url), folder, quick);
    expect(readFileSync(join(folder, "a.bin")).equals(content)).toBe(true);
  });

  it("gives up on a server without ranges that cuts here and there", async () => {
    let count = 0;
    const { url, ranges } = await loopback((_, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, count++ % 2 ? 30_000 : 20_000), () =>
        setTimeout(() => response.destroy(), 20),
      );
    });
    await expect(fetchFile(remote(url), temporaryFolder(), quick)).rejects.toThrow("found a cut connection");
    expect(ranges.length).toBeLessThan(8);
  });

  it.each([
    ["that answers 416", 416, {}],
    [
      "that gives another range than asked",
      206,
      { "content-range": `bytes 5-${content.length - 1}/${content.length}` },
    ],
  ])("starts over at a server %s", async (_, status, headers) => {
    const folder = temporaryFolder();
    put(folder, "a.bin.part", content.subarray(0, 100));
    const { url, ranges } = await loopback((request, response) => {
      if (!request.headers.range) return void response.end(content);
      response.writeHead(status, headers).end();
    });
    await fetchFile(remote(url), folder, quick);
    expect(ranges).toEqual(["bytes=100-", undefined]);
  });

  it("finishes a part that was whole already", async () => {
    const folder = temporaryFolder();
    put(folder, "a.bin.part", content);
    await fetchFile(remote("http://127.0.0.1:1/"), folder, quick);
    expect(readdirSync(folder)).toEqual(["a.bin"]);
  });

  it("deletes what has the wrong checksum", async () => {
    const folder = temporaryFolder();
    const wrong = Buffer.from(content).fill(1, 0, 10);
    const { url } = await loopback(serve(wrong));
    await expect(fetchFile(remote(url), folder, quick)).rejects.toThrow(
      `expected a file of MD5 ${md5(content)}, found MD5 ${md5(wrong)}; what came was deleted`,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it("keeps a file of the name that is another, and says so", async () => {
    const folder = temporaryFolder();
    put(folder, "a.bin", "mine");
    await expect(fetchFile(remote("http://127.0.0.1:1/"), folder, quick)).rejects.toThrow(
      "it is not the official file",
    );
    expect(readFileSync(join(folder, "a.bin"), "utf8")).toBe("mine");
  });

  it.each([
    ["404", (r: ServerResponse) => r.writeHead(404).end(), "found the answer 404 Not Found; find it"],
    ["403", (r: ServerResponse) => r.writeHead(403).end("x"), "found the answer 403 Forbidden"],
    ["503", (r: ServerResponse) => r.writeHead(503).end(), "found the answer 503 Service Unavailable"],
    [
      "a longer file",
      (r: ServerResponse) => r.writeHead(200, { "content-length": 60_000 }).end(Buffer.alloc(60_000)),
      "expected 50000 bytes, found 60000: the address holds another file",
    ],
    [
      "more and more, unannounced",
      (r: ServerResponse) => {
        r.on("error", () => undefined);
        const pump = () => r.destroyed || r.write(Buffer.alloc(65_536), pump);
        pump();
      },
      "expected 50000 bytes, found more: the address holds another file",
    ],
    [
      "redirects without end",
      (r: ServerResponse) => r.writeHead(302, { location: "/again" }).end(),
      "found more than 5 redirects",
    ],
    [
      "a redirect to a file",
      (r: ServerResponse) => r.writeHead(302, { location: "file:///etc/passwd" }).end(),
      "found a redirect to file://",
    ],
  ])("reports %s in one line", async (_, answer, message) => {
    const folder = temporaryFolder();
    const { url } = await loopback((_request, response) => void answer(response));
    await expect(fetchFile(remote(url), folder, quick)).rejects.toThrow(message);
    expect(readdirSync(folder).filter((name) => !name.startsWith("a.bin.part"))).toEqual([]);
  });

  it("follows a redirect, and never decodes what comes", async () => {
    const folder = temporaryFolder();
    const { url } = await loopback((request, response) => {
      if (request.url === "/") return void response.writeHead(301, { location: "/moved" }).end();
      response.writeHead(200, { "content-encoding": "gzip" }).end(content);
    });
    await fetchFile(remote(url), folder, quick);
    expect(readFileSync(join(folder, "a.bin")).equals(content)).toBe(true);
  });

  it("does not wait for a server that falls silent", async () => {
    const { url } = await loopback((_, response) => void response.writeHead(200).write("x"));
    const started = fetchFile(remote(url), temporaryFolder(), { pauseMs: 1, tries: 1, idleMs: 200 });
    await expect(started).rejects.toThrow(/found (silence|a cut connection)/);
  });

  it("says that there is no network, and what to place where", async () => {
    const folder = temporaryFolder();
    await expect(fetchFile(remote("http://127.0.0.1:1/a.bin"), folder, quick)).rejects.toThrow(
      `found a host that refuses the connection; run again, or download it by other means, place it as ${join(folder, "a.bin")}`,
    );
  });

  it("stops at its signal, and keeps what came", async () => {
    const folder = temporaryFolder();
    const stop = new AbortController();
    const { url } = await loopback((_, response) => {
      response.writeHead(200, { "content-length": content.length }).write(content.subarray(0, 500));
    });
    const fetching = fetchFile(remote(url), folder, { ...quick, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(fetching).rejects.toThrow("aborted");
    expect(readFileSync(join(folder, "a.bin.part")).length).toBe(500);
  });
});
