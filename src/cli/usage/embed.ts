import { Command } from "commander";
import type { EmbedFlags } from "../embed.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  return new Command("embed")
    .description(
      "Write the features of images as .npy (float32 [n, F]) with their ids beside it, one a line in the same order.",
    )
    .argument("<run>", "folder of the run")
    .argument("<images>", "folder of images at any depth, CSV, Parquet files or tar shards (every row)")
    .requiredOption("--out <file>", "the .npy file")
    .option("--max-bad <n>", "unreadable images to leave out before giving up (default: the run's)")
    .option("--image-column <name>", "column of the images, where its name is not a usual one")
    .option("--encoder <name>", "query, key or average encoder (default: the run's)")
    .option("--device <name>", "device to run on (default: the run's)")
    .option("--workers <n>", "threads that decode images (default: the run's)")
    .action(async (folder: string, images: string, flags: EmbedFlags) =>
      (await import("../embed.ts")).embedCommand(folder, images, flags, terminal),
    );
}
