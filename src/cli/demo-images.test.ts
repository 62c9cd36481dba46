import { beforeEach, expect, test, vi } from "vitest";
import { demoImages } from "./demo-images.ts";
import type { Terminal } from "./terminal.ts";

const installed = vi.hoisted(() => ({ count: 0 }));
vi.mock("../data/index.ts", async (load) => ({
  ...(await load<object>()),
  hasFashionMnist: () => installed.count > 0,
  fashionMnistDemo: async () => ({ name: "fashion-mnist" }),
  installFashionMnist: async () => {
    installed.count++;
  },
}));
beforeEach(() => {
  installed.count = 0;
});

function terminalOf(answer?: string): Terminal & { said: string } {
  const terminal = {
    said: "",
    out: () => {},
    err: (text: string) => {
      terminal.said += text;
    },
    columns: undefined,
    ...(answer === undefined ? {} : { ask: async () => answer }),
  };
  return terminal;
}

test.each(["", "y", " YES "])(
  "the answer %j installs the images, with their size and place said before",
  async (answer) => {
    const terminal = terminalOf(answer);
    expect(await demoImages(terminal, {})).toMatchObject({ name: "fashion-mnist" });
    expect(installed.count).toBe(1);
    expect(terminal.said).toMatch(/39 MB to download, 155 MB on disk, in .*fashion-mnist@1\.1\.0/);
  },
);

test.each(["n", "no", "what?"])("the answer %j installs nothing", async (answer) => {
  expect(await demoImages(terminalOf(answer), {})).toBeUndefined();
  expect(installed.count).toBe(0);
});

test("without anybody to ask nothing is installed, and the flag that agrees is named", async () => {
  await expect(demoImages(terminalOf(), {})).rejects.toThrow("run `maskcon demo --yes`");
  expect(installed.count).toBe(0);
  expect(await demoImages(terminalOf(), { yes: true })).toMatchObject({ name: "fashion-mnist" });
  expect(installed.count).toBe(1);
});

test("images that are installed are taken without a question", async () => {
  installed.count = 1;
  const terminal = terminalOf();
  expect(await demoImages(terminal, {})).toMatchObject({ name: "fashion-mnist" });
  expect([installed.count, terminal.said]).toEqual([1, ""]);
});
