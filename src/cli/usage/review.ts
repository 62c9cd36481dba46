import { Command } from "commander";
import type { ReviewFlags } from "../review.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  return new Command("review")
    .description(
      "What to look at in a collection: wrong groups, copies (across splits first), suspect coarse labels, outliers.",
    )
    .argument("<collection>", "folder of the collection")
    .option("--by <encoder>", "judge by the frozen encoder, or by the trained one", "frozen")
    .option("--top <n>", "how many of each list to show", "20")
    .option("--all", "show what somebody kept, too")
    .option("--html <page>", "write a page with the pictures")
    .option("--json", "print JSON")
    .action(async (folder: string, flags: ReviewFlags) =>
      (await import("../review.ts")).reviewCommand(folder, flags, terminal),
    );
}
