import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, describe, expect, it, vi } from "vitest";
import { trainAndCollect } from "../../../test/collected.ts";
import { sampleRow, writeSample } from "../../../test/collection-samples.ts";
import { encodePng } from "../../../test/image-encoders.ts";
import { PAGE_FILES } from "../../../test/page-files.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { openCollection } from "../../collection/index.ts";
import { readCollectionRecord, writeCollectionRecord } from "../../collection/record.ts";
import type { Listening } from "../../http/index.ts";
import { startStudio } from "./start-studio.ts";

const GB = 2 ** 30;
const SECRET = "root:x:0:0:a secret";
const FILES = [
  ...[
    "../secret.txt",
    "../outside.png",
    "/etc/passwd",
    "inside/../../outside.png",
    "link.png",
    "elsewhere/outside.png",
  ],
  ...["a\0b.png", "", ".", "inside", "gone.png", "script.svg", `${"x".repeat(1000)}.png`],
];

let server: Listening;
afterEach(() => server.close(0));

async function start(folder: string, more: { mostBodyBytes?: number } = {}) {
  const page = temporaryFolder();
  for (const name of PAGE_FILES) writeFileSync(join(page, name), name);
  const log = (line: string) => expect.fail(line);
  server = await startStudio(folder, { host: "127.0.0.1", port: 0, threads: 1, page, log, ...more });
}

/** A collection that names files outside of it. */
async function hostileCollection(): Promise<string> {
  const root = temporaryFolder();
  for (const name of ["data/inside", "collection"]) mkdirSync(join(root, name), { recursive: true });
  const picture = await sharp({ create: { width: 9, height: 9, channels: 3, background: "#f00" } })
    .png()
    .toBuffer();
  writeFileSync(join(root, "outside.png"), picture);
  writeFileSync(join(root, "secret.txt"), SECRET);
  writeFileSync(join(root, "data/own.png"), picture);
  writeFileSync(
    join(root, "data/script.svg"),
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
  );
  symlinkSync("../outside.png", join(root, "data/link.png"));
  symlinkSync("..", join(root, "data/elsewhere"));
  const rows = ["own.png", ...FILES].map((file, i) => sampleRow(i + 1, { file }));
  await writeSample(join(root, "collection"), [rows]);
  const record = await readCollectionRecord(join(root, "collection"));
  const sources = [{ data: join(root, "data"), folder: join(root, "data") }];
  await writeCollectionRecord(join(root, "collection"), { ...record, sources });
  return join(root, "collection");
}

const ask = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);
const isAlive = async () => (await ask("/api/state")).status === 200;
const droppedOf = async (folder: string) => (await openCollection(folder)).rows.status.some((status) => status !== 0);

/** Unlike `fetch` this sends whatever headers it is given. */
function send(method: string, path: string, headers: Readonly<Record<string, string>>, body?: string) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { method, headers }, (answer) => {
      let text = "";
      answer.on("data", (part: Buffer) => {
        text += part.toString();
      });
      answer.on("end", () => resolve({ status: answer.statusCode!, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

describe("a page of another site", () => {
  const drop = JSON.stringify({ action: "drop", ids: [1] });

  it.each([
    ["by a foreign name (DNS rebinding)", { host: "evil.example" }],
    ["by a name that begins like this machine's", { host: "127.0.0.1.evil.example" }],
    ["by a form, without an origin", { "sec-fetch-site": "cross-site", "content-type": "text/plain" }],
    ["from another port", { "sec-fetch-site": "same-site" }],
    ["by a script", { origin: "https://evil.example" }],
    ["from a sandboxed frame", { origin: "null" }],
  ] as const)("is refused %s, to read and to write", async (_, headers) => {
    const folder = await hostileCollection();
    await start(folder);
    for (const path of ["/", "/api/state", "/api/columns", "/api/images/1", "/originals/1", "/api/map?by=trained"]) {
      expect((await send("GET", path, headers)).status).toBe(403);
    }
    for (const path of ["/api/actions", "/api/undo", "/api/groups/propose", "/api/search"]) {
      expect((await send("POST", path, headers, drop)).status).toBe(403);
    }
    expect(await droppedOf(folder)).toBe(false);
    expect(await isAlive()).toBe(true);
  });
});

describe("an upload of a gigabyte", () => {
  const paths = [
    ...["/api/actions", "/api/search", "/api/search/picture?by=trained&count=1&where={}"],
    ...["/api/groups/propose", "/api/export/folders", "/api/runs/curves"],
  ];

  it.each(paths)("is refused before it is sent, or cut: %s", async (path) => {
    await start(await hostileCollection());
    for (const announced of [true, false]) {
      const length = announced ? `Content-Length: ${GB}` : "Transfer-Encoding: chunked";
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
      const before = process.memoryUsage().rss;
      let answer = "";
      let sent = 0;
      await new Promise<void>((resolve) => {
        const push = () => {
          if (answer !== "" || socket.destroyed || sent >= GB) return resolve();
          sent += 2 ** 20;
          socket.write(announced ? Buffer.alloc(2 ** 20) : `100000\r\n${"x".repeat(2 ** 20)}\r\n`, () =>
            setImmediate(push),
          );
        };
        socket.on("error", () => resolve());
        socket.on("close", () => resolve());
        socket.on("data", (data) => {
          answer += data.toString();
        });
        socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\n${length}\r\n\r\n`, push);
      });
      socket.destroy();
      expect(answer).toMatch(/^HTTP\/1.1 413 /);
      expect(sent).toBeLessThan(GB / 4);
      expect(process.memoryUsage().rss - before).toBeLessThan(GB / 2);
      expect(await isAlive()).toBe(true);
    }
  });
});

it("many uploads at once that say nothing of their length take a bounded memory together", async () => {
  const most = GB / 8;
  await start(await hostileCollection(), { mostBodyBytes: most });
  const before = process.memoryUsage().rss;
  const part = `100000\r\n${"x".repeat(2 ** 20)}\r\n`;
  let seen = 0;
  const held = async () => Number(/maskcon_body_bytes (\d+)\n/.exec(await (await ask("/metrics")).text())![1]);
  const uploads = Array.from({ length: 6 }, () => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    const upload = { socket, answer: "", sent: 0 };
    const push = () => {
      if (upload.answer !== "" || socket.destroyed || upload.sent >= 40) return;
      upload.sent++;
      socket.write(part, () => setImmediate(push));
    };
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      upload.answer += data.toString();
    });
    const head = "POST /api/search/picture?by=trained&count=1&where={} HTTP/1.1\r\nHost: localhost";
    socket.write(`${head}\r\nTransfer-Encoding: chunked\r\n\r\n`, push);
    return upload;
  });
  // All that are sent whole wait for their end; the others were refused.
  await vi.waitFor(
    async () => {
      seen = Math.max(seen, await held());
      for (const { answer, sent } of uploads) expect(answer !== "" || sent === 40).toBe(true);
    },
    { timeout: 30_000, interval: 20 },
  );
  const refused = uploads.filter(({ answer }) => answer !== "");
  expect(refused.length).toBeGreaterThanOrEqual(4);
  for (const { answer } of refused) expect(answer).toMatch(/^HTTP\/1.1 503 /);
  expect(seen).toBeGreaterThan(0);
  expect(seen).toBeLessThanOrEqual(most);
  expect(process.memoryUsage().rss - before).toBeLessThan(GB / 2);
  expect(await isAlive()).toBe(true);
  for (const { socket } of uploads) socket.destroy();
  await vi.waitFor(async () => expect(await held()).toBe(0));
}, 60_000);

it("pictures that are none, or bombs, are refused in one line, and a real one is looked for after them", async () => {
  const { folder, pictures } = await trainAndCollect();
  await start(folder);
  const script = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>';
  const post = async (body: Uint8Array | string) => {
    const response = await ask("/api/search/picture?by=trained&count=3&where={}", {
      method: "POST",
      body: new Blob([body as Uint8Array<ArrayBuffer>]),
    });
    return { status: response.status, answer: (await response.json()) as { error: { message: string } } | unknown[] };
  };
  const side = 60_000;
  const whole = encodePng({ width: 1, colorType: 2, rows: [Uint8Array.of(0, 1, 2)] });
  const bomb = Buffer.from(whole);
  bomb.writeUInt32BE(side, 16);
  bomb.writeUInt32BE(side, 20);
  const before = process.memoryUsage().rss;
  for (const body of [script, SECRET, "", bomb, whole.subarray(0, 30), new Uint8Array(2 ** 20)]) {
    const { status, answer } = await post(body);
    expect(status).toBe(400);
    expect((answer as { error: { message: string } }).error.message).not.toMatch(/\n|root:x/);
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(GB / 2);
  const { status, answer } = await post(pictures[3]!.bytes);
  expect([status, (answer as unknown[]).length]).toEqual([200, 3]);
});

it("a row leads to no file outside of its source, by its path or by links", async () => {
  await start(await hostileCollection());
  const own = await ask("/originals/1");
  expect([own.status, own.headers.get("content-type")]).toEqual([200, "image/webp"]);
  for (const [i, file] of FILES.entries()) {
    const response = await ask(`/originals/${i + 2}`);
    const text = await response.text();
    expect([file, response.status]).toEqual([file, 400]);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(text).not.toContain(SECRET);
  }
  for (const path of [
    "/originals/..%2f..%2fsecret.txt",
    "/thumbnails/%00",
    "/originals/1e1",
    "/originals/99999999999",
  ]) {
    expect((await ask(path)).status).toBe(400);
  }
  expect(await isAlive()).toBe(true);
});

it("a thousand requests at once of every kind are answered, or refused at once, in bounded memory", async () => {
  const folder = await hostileCollection();
  await start(folder);
  const before = process.memoryUsage().rss;
  const search = { method: "POST", body: JSON.stringify({ id: 1, by: "trained", count: 3, where: {} }) };
  const kinds = [
    () => ask("/api/search", search),
    () => ask("/originals/1"),
    () => ask("/thumbnails/1"),
    () => ask("/api/columns"),
  ];
  const answers = await Promise.all(
    Array.from({ length: 1000 }, async (_, i) => {
      const response = await kinds[i % kinds.length]!();
      await response.arrayBuffer();
      return response.status;
    }),
  );
  // There are no sheets of thumbnails.
  for (const status of answers) expect([200, 404, 503]).toContain(status);
  expect(answers.filter((status) => status === 200).length).toBeGreaterThan(250);
  expect(process.memoryUsage().rss - before).toBeLessThan(GB / 2);
  const after = await ask("/api/search", search);
  expect([after.status, ((await after.json()) as unknown[]).length]).toEqual([200, 3]);
});

it("a review of damaged vectors says why it cannot be made, and is tried anew when asked anew", async () => {
  const folder = await hostileCollection();
  const parts = join(folder, "parts");
  for (const part of readdirSync(parts)) writeFileSync(join(parts, part, "vectors.npy"), "none");
  await start(folder);
  const answer = async (again: string) =>
    (await (await ask(`/api/review?by=trained&again=${again}`)).json()) as { state: string; error?: string };
  for (let i = 0; i < 2; i++) {
    let now = await answer("yes");
    while (now.state === "working") now = await answer("no");
    expect(now.state).toBe("failed");
    expect(now.error).toMatch(/^[^\n]*vectors\.npy/);
  }
  expect(await isAlive()).toBe(true);
});
