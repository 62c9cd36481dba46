import { Command } from "commander";
import type { EditFlags } from "../collection.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  const load = () => import("../collection.ts");
  const sub = (name: string, text: string) =>
    new Command(name).description(text).argument("<collection>", "folder of the collection");
  const withIds = (command: Command) => command.requiredOption("--ids <ids>", "ids of images, as in 1-5,9");
  const edit = (command: Command) =>
    command.action(async (folder: string, flags: EditFlags) =>
      (await load()).editCommand(command.name(), folder, flags, terminal),
    );
  return new Command("collection")
    .description("What is in a collection; labels by hand, each action on disk before it returns and undoable.")
    .addCommand(
      sub("show", "How many images there are, in which classes, and what made the collection.")
        .option("--json", "print JSON")
        .action(async (folder: string, flags: { json?: boolean }) =>
          (await load()).showCommand(folder, flags, terminal),
        ),
    )
    .addCommand(
      sub("check", "Compare every file of rows and vectors with its checksum.").action(async (folder: string) =>
        (await load()).checkFilesCommand(folder, terminal),
      ),
    )
    .addCommand(
      edit(
        withIds(sub("relabel", "Give images another class."))
          .option("--coarse <name>", "the coarse class, which may be new")
          .option("--fine <name>", "the fine class, which may be new; an empty name for none"),
      ),
    )
    .addCommand(edit(withIds(sub("drop", "Take images out: no search finds them."))))
    .addCommand(edit(withIds(sub("restore", "Take dropped images back in."))))
    .addCommand(
      edit(
        withIds(sub("keep", "Let images stand after a look: a review does not ask again.")).requiredOption(
          "--kind <kind>",
          "label: it is right; copies: all of these stay; outlier: it belongs here",
        ),
      ),
    )
    .addCommand(edit(sub("undo", "Take the last action back.")))
    .addCommand(edit(sub("redo", "Take the last action again that was undone.")));
}
