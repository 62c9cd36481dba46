import { request } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, test, vi } from "vitest";
import { fail } from "../core/index.ts";
import { bodyUpTo, checkAccess, httpServer, type Listening, listen } from "./index.ts";

const open: Listening[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close(0);
});

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Unlike `fetch` this sends whatever headers it is given. */
function ask({ url }: Listening, { method = "GET", path = "/hello", headers = {}, body }: Asked = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => {
        text += part;
      });
      answer.on("end", () => resolve({ status: answer.statusCode!, headers: answer.headers, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** A server whose `/slow` waits until it is told to go on. */
async function start(options: Partial<Parameters<typeof httpServer>[0]> & { idleMs?: number } = {}) {
  const log: string[] = [];
  const { app, limited } = httpServer({ host: "127.0.0.1", log: (line) => log.push(line), ...options });
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  app.get("/hello", (c) => c.text("hello"));
  app.get("/slow", limited, async (c) => {
    await gate;
    return c.text("done");
  });
  app.post("/body", bodyUpTo(1000), async (c) => c.text(String((await c.req.arrayBuffer()).byteLength)));
  app.post("/large", bodyUpTo(2 ** 20), async (c) => c.text(String((await c.req.arrayBuffer()).byteLength)));
  app.get("/wrong", () => fail("usage", { where: "x", expected: "y", found: "z" }));
  app.get("/broken", () => {
    throw new TypeError("an inner matter");
  });
  const server = await listen({ app, host: "127.0.0.1", port: 0, token: options.token, idleMs: options.idleMs });
  open.push(server);
  return { server, release, log };
}

const codeOf = (text: string) => (JSON.parse(text) as { error: { code: string } }).error.code;

describe("who may ask", () => {
  it("is a program or a page of the server itself", async () => {
    const { server } = await start();
    const { host, port } = new URL(server.url);
    expect((await ask(server)).text).toBe("hello");
    for (const name of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, "LOCALHOST", `127.0.0.2:${port}`]) {
      expect((await ask(server, { headers: { host: name } })).status).toBe(200);
    }
    const own = { origin: server.url, "sec-fetch-site": "same-origin" };
    expect((await ask(server, { method: "POST", path: "/body", headers: own, body: "ab" })).text).toBe("2");
    expect(host).toBe(`127.0.0.1:${port}`);
  });

  it.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80"])(
    "is not a page that reaches it as %s",
    async (host) => {
      const { server } = await start();
      const { status, text } = await ask(server, { headers: { host } });
      expect([status, codeOf(text)]).toEqual([403, "host"]);
    },
  );

  it.each([
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ])("is not a page of another site: %o", async (headers) => {
    const { server } = await start();
    for (const method of ["GET", "POST"]) {
      const { status, text } = await ask(server, { method, path: method === "GET" ? "/hello" : "/body", headers });
      expect([status, codeOf(text)]).toEqual([403, "origin"]);
    }
  });

  it("is anybody with the token, by any name, where there is one", async () => {
    const { server } = await start({ token: "s3cret" });
    const withToken = (authorization: string) => ask(server, { headers: { authorization, host: "pictures.example" } });
    expect((await withToken("Bearer s3cret")).status).toBe(200);
    for (const other of ["", "Bearer", "Bearer s3cre", "Bearer s3cretx", "Basic s3cret", "s3cret"]) {
      const { status, text, headers } = await withToken(other);
      expect([status, codeOf(text), headers["www-authenticate"]]).toEqual([401, "token", "Bearer"]);
    }
    expect((await ask(server, { path: "/metrics" })).status).toBe(401);
  });

  it("is nobody elsewhere without a token", () => {
    for (const host of ["0.0.0.0", "::", "192.168.1.5", "pictures.example"]) {
      expect(() => checkAccess({ host })).toThrow("expected a token where other machines can reach the server");
      expect(() => checkAccess({ host, token: "x" })).not.toThrow();
    }
    for (const host of ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
      expect(() => checkAccess({ host })).not.toThrow();
  });
});

describe("a body that is too large", () => {
  it("is refused by its announced length before it is sent", async () => {
    const { server } = await start();
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write("POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1073741824\r\n\r\n");
    const [first] = await new Promise<Buffer[]>((resolve) => socket.once("data", (data) => resolve([data])));
    expect(first!.toString()).toMatch(/^HTTP\/1.1 413 /);
    socket.destroy();
  });

  it("is cut where it announces none", async () => {
    const { server } = await start();
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write("POST /body HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    let answer = "";
    socket.on("data", (data) => {
      answer += data.toString();
    });
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    let sent = 0;
    while (answer === "" && sent < 2 ** 30 && !socket.destroyed) {
      if (!socket.write(chunk)) await Promise.race([new Promise((r) => socket.once("drain", r)), sleep(50)]);
      else await sleep(0);
      sent += 0x10000;
    }
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(sent).toBeLessThan(2 ** 26);
    socket.destroy();
  });
});

describe("bodies of many requests", () => {
  const PART = 0x10000;
  const chunk = `${PART.toString(16)}\r\n${"x".repeat(PART)}\r\n`;
  /** Sends some parts of a body that says nothing of its length, and no end. */
  const sendParts = (server: Listening, parts: number) => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    const sent = { socket, answer: "" };
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      sent.answer += data.toString();
    });
    socket.write("POST /large HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (let i = 0; i < parts; i++) socket.write(chunk);
    return sent;
  };
  const heldBy = async (server: Listening) =>
    Number(/maskcon_body_bytes (\d+)\n/.exec((await ask(server, { path: "/metrics" })).text)![1]);

  it("have a bounded room together, whether or not they announce their length; it is free again afterwards", async () => {
    const most = 17 * PART;
    const { server } = await start({ mostBodyBytes: most });
    // Each takes less than twice its length.
    const waiting = [sendParts(server, 4), sendParts(server, 4)];
    await vi.waitFor(async () => expect(await heldBy(server)).toBeGreaterThanOrEqual(8 * PART));
    await sleep(200);
    const before = await heldBy(server);
    expect(before).toBeLessThan(16 * PART);
    const late = [sendParts(server, 10), sendParts(server, 10)];
    await vi.waitFor(() => {
      for (const { answer } of late) expect(answer).toMatch(/^HTTP\/1.1 503 [\s\S]*retry-after: 1\r\n/i);
    });
    expect(await heldBy(server)).toBe(before);
    // The server ends the connection of one that it refuses.
    const headers = { connection: "close" };
    const post = (body: string) => ask(server, { method: "POST", path: "/large", headers, body });
    const refused = await post("x".repeat(10 * PART));
    expect([refused.status, codeOf(refused.text)]).toEqual([503, "busy"]);
    expect((await post("x".repeat(PART))).text).toBe(String(PART));
    expect(waiting.map(({ answer }) => answer)).toEqual(["", ""]);
    waiting[0]!.socket.end("0\r\n\r\n");
    await vi.waitFor(() => expect(waiting[0]!.answer).toContain(String(4 * PART)));
    for (const { socket } of [...waiting, ...late]) socket.destroy();
    await vi.waitFor(async () => expect(await heldBy(server)).toBe(0));
    expect((await post("x".repeat(8 * PART))).text).toBe(String(8 * PART));
  });

  it("are not worked on where they break off", async () => {
    const { server, log } = await start();
    const { socket } = sendParts(server, 2);
    await vi.waitFor(async () => expect(await heldBy(server)).toBeGreaterThan(PART));
    socket.destroy();
    await vi.waitFor(async () => expect(await heldBy(server)).toBe(0));
    const { text } = await ask(server, { path: "/metrics" });
    expect(text).toMatch(/count\{method="POST",route="\/large",status="400"\} 1\n/);
    expect(log).toEqual([]);
  });
});

describe("many requests at once", () => {
  it("are refused beyond those that run and wait, and the server goes on", async () => {
    const { server, release } = await start({ limits: { running: 2, waiting: 5 } });
    let answered = 0;
    const asked = Array.from({ length: 1000 }, async () => {
      const answer = await ask(server, { path: "/slow" });
      answered++;
      return answer;
    });
    // Those without a place are answered while the others wait.
    await vi.waitFor(() => expect(answered).toBe(993), { timeout: 30_000 });
    const { text } = await ask(server, { path: "/metrics" });
    expect(text).toContain("maskcon_requests_running 2\n");
    expect(text).toContain("maskcon_requests_waiting 5\n");
    release();
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status === 200).length).toBe(7);
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBe(993);
    expect([codeOf(busy[0]!.text), busy[0]!.headers["retry-after"]]).toEqual(["busy", "1"]);
    expect((await ask(server, { path: "/slow" })).text).toBe("done");
    expect((await ask(server, { path: "/metrics" })).text).toContain("maskcon_requests_running 0\n");
  });
});

describe("answers", () => {
  it("say what was wrong in one line, and nothing of the inside", async () => {
    const { server, log } = await start();
    expect(JSON.parse((await ask(server, { path: "/wrong" })).text)).toEqual({
      error: { code: "usage", message: "x: expected y, found z" },
    });
    const broken = await ask(server, { path: "/broken" });
    expect([broken.status, broken.text]).not.toContain("inner");
    expect([broken.status, codeOf(broken.text)]).toEqual([500, "internal"]);
    expect(log).toEqual(["GET /broken: an inner matter"]);
    const none = await ask(server, { path: "/../../etc/passwd" });
    expect([none.status, codeOf(none.text)]).toEqual([404, "path"]);
  });

  it("carry the headers of a page that runs nothing of others", async () => {
    const { server } = await start();
    for (const path of ["/hello", "/none", "/metrics"]) {
      const { headers } = await ask(server, { path });
      expect(headers["content-security-policy"]).toBe(
        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
      );
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["x-frame-options"]).toBe("DENY");
      expect(headers["cross-origin-resource-policy"]).toBe("same-origin");
    }
  });

  it("are counted by route, not by the paths that callers choose", async () => {
    const { server } = await start();
    for (const path of ["/hello", "/hello", "/a", "/b", "/c"]) await ask(server, { path });
    await ask(server, { method: "BREW" }).catch(() => undefined);
    const { text } = await ask(server, { path: "/metrics" });
    expect(text).toMatch(/maskcon_request_seconds_count\{method="GET",route="\/hello",status="200"\} 2\n/);
    expect(text).not.toContain('"/a"');
    for (const line of text.trim().split("\n")) expect(line).toMatch(/^# (HELP|TYPE) |^[a-z_]+(\{[^}]*\})? [\d.e+-]+$/);
  });
});

test("closing waits for what runs, and takes nothing new", async () => {
  const { server, release } = await start();
  const running = ask(server, { path: "/slow" });
  await sleep(100);
  const closed = server.close(5000);
  await expect(ask(server)).rejects.toThrow();
  release();
  expect((await running).text).toBe("done");
  await closed;
});

test("a request that comes while a long computation runs is answered, and an idle connection ends", async () => {
  const { server } = await start({ idleMs: 1 });
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  let text = "";
  socket.on("data", (part) => {
    text += part;
  });
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const answers = () => text.match(/HTTP\/1.1 200 OK/g)?.length ?? 0;
  socket.write("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await vi.waitFor(() => expect(answers()).toBe(1), { timeout: 10_000, interval: 5 });
  // Timers come right behind it, before anything is read.
  await new Promise((resolve) => setImmediate(resolve));
  socket.write("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
  // The connection's time is over before anybody looks at the request. (Node adds a second to it.)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1300);
  await vi.waitFor(() => expect(answers()).toBe(2), { timeout: 10_000 });
  await closed;
});

test("a port that is taken is refused in one line", async () => {
  const { server } = await start();
  const { port } = new URL(server.url);
  const { app } = httpServer({ host: "127.0.0.1", log: () => undefined });
  await expect(listen({ app, host: "127.0.0.1", port: Number(port) })).rejects.toThrow(
    `--port: expected an address that can be listened at, found 127.0.0.1:${port}, which another program listens at; give another --port; 0 takes any that is free`,
  );
});
