import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { TensorData, Tensors } from "../src/core/index.ts";
import type { Python } from "./python.ts";

const script = fileURLToPath(new URL("../tools/reference/train_stream.py", import.meta.url));

/** The PyTorch reference as a trainer that takes its batches from here; see `train_stream.py` for the messages. */
export class ReferenceTrainer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor({ command, blasFolder }: Python) {
    const env = { ...process.env, ...(blasFolder === undefined ? {} : { LD_LIBRARY_PATH: blasFolder }) };
    this.#child = spawn(command, [script], { env, stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  async tell(message: { readonly do: string; readonly [key: string]: unknown }, tensors: Tensors = {}) {
    const arrays = Object.entries(tensors).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
    await this.#send(`${JSON.stringify({ ...message, arrays })}\n`);
    for (const { data } of Object.values(tensors)) await this.#send(bytesOf(data));
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("the PyTorch reference ended without an answer");
    return JSON.parse(value) as Record<string, unknown>;
  }

  async #send(chunk: string | Uint8Array): Promise<void> {
    if (!this.#child.stdin!.write(chunk)) await once(this.#child.stdin!, "drain");
  }

  close(): void {
    this.#child.stdin!.end();
  }
}

/** A copy: shared memory is written anew while the pipe still reads. */
const bytesOf = (data: TensorData["data"]) =>
  Buffer.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
