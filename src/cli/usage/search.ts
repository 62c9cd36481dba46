import { Command } from "commander";
import type { SearchFlags } from "../search.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  return new Command("search")
    .description("The images of a collection that are most like one of them, like a picture, or near a vector. Exact.")
    .argument("<collection>", "folder of the collection")
    .option("--id <id>", "look for images like the one with this id")
    .option("--image <file>", "look for images like this picture")
    .option("--vector <file>", "look for images near this vector: .npy, float32, [D] or [1, D]")
    .option("--top <n>", "how many to find", "20")
    .option("--by <encoder>", "compare by the trained encoder, or by the frozen one", "trained")
    .option(
      "--where <column=value...>",
      "only images with this value (coarse, fine, group, split, name, width, …); one column again: either value; another: both",
    )
    .option("--html <page>", "write a page with the pictures, by both encoders")
    .option("--json", "print JSON")
    .action(async (folder: string, flags: SearchFlags) =>
      (await import("../search.ts")).searchCommand(folder, flags, terminal),
    );
}
