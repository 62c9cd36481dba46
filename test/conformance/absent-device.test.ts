import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { platform } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { commandLine } from "../command-line.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { hasCuda, inChild } from "./child.ts";

/** No Vulkan driver: the loader looks nowhere else. */
const driverless = { VK_ICD_FILENAMES: "/nonexistent.json", VK_DRIVER_FILES: "/nonexistent.json" };

type Refusals = Record<string, { code: string; message: string }>;

const lines = {
  webgpu: /^device webgpu: expected a working webgpu device, found .+; install the GPU's driver/,
  cuda: /^device cuda: expected a working cuda device, found .+; on Linux x64 .*npm rebuild --ignore-scripts=false onnxruntime-node/,
};

test("compiling for a device that is not there is one clear error at once, and leaves nothing running", async () => {
  const refusals = await inChild<Refusals>("absent-device-script.ts", [], driverless);
  const absent: ("webgpu" | "cuda")[] = [];
  if (platform() === "linux") absent.push("webgpu");
  else console.warn("SKIPPED: WebGPU cannot be hidden on this platform; its absence is not tested");
  if (await hasCuda()) console.warn("SKIPPED: this machine has CUDA; its absence is not tested");
  else absent.push("cuda");
  for (const device of absent) {
    expect(refusals[device]?.code).toBe("device");
    expect(refusals[device]?.message).toMatch(lines[device]);
  }
}, 60_000);

test.skipIf(platform() !== "linux")(
  "the command says so in one line, and leaves no run behind",
  async () => {
    const folder = temporaryFolder();
    for (const [red, name] of ["dark", "light"].entries()) {
      mkdirSync(join(folder, "images", name), { recursive: true });
      const create = { width: 16, height: 16, channels: 3, background: { r: 200 * red, g: 9, b: 9 } } as const;
      for (let i = 0; i < 4; i++)
        await sharp({ create })
          .png()
          .toFile(join(folder, "images", name, `${i}.png`));
    }
    const run = ["train", join(folder, "images"), "--out", join(folder, "run"), "--preset", "cpu-small"];
    const settings = [
      "--batch-size",
      "4",
      "--queue-size",
      "8",
      "--image-size",
      "16",
      "--steps",
      "1",
      "--device",
      "webgpu",
    ];
    const { status, stdout, stderr } = spawnSync(process.execPath, [...commandLine, ...run, ...settings], {
      env: { ...process.env, ...driverless },
      encoding: "utf8",
    });
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^maskcon: device webgpu: expected a working webgpu device, found .+\n$/);
    expect(existsSync(join(folder, "run"))).toBe(false);
  },
  60_000,
);
