import { Command } from "commander";
import type { LogFlags } from "../collection.ts";
import type { CollectionExportFlags } from "../export-collection.ts";
import type { EditFlags } from "../group-edit.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  const load = () => import("../collection.ts");
  const collection = new Command("collection")
    .description("What is in a collection; labels by hand, each action on disk before it returns and undoable.")
    .addCommand(
      sub("show", "How many images there are, in which classes, and what made the collection.")
        .option("--json", "print JSON")
        .action(async (folder: string, flags: { json?: boolean }) =>
          (await load()).showCommand(folder, flags, terminal),
        ),
    )
    .addCommand(
      sub("log", "The actions that were taken, the newest first.")
        .option("--last <n>", "at most so many", "20")
        .option("--json", "print JSON")
        .action(async (folder: string, flags: LogFlags) => (await load()).logCommand(folder, flags, terminal)),
    )
    .addCommand(
      sub("check", "Compare every file of rows and vectors with its checksum.").action(async (folder: string) =>
        (await load()).checkFilesCommand(folder, terminal),
      ),
    );
  for (const edit of [...edits, ...groupEdits]) {
    collection.addCommand(
      edit().action(async (folder: string, flags: EditFlags, own: Command) =>
        (await load()).editCommand(own.name(), folder, flags, terminal),
      ),
    );
  }
  return collection.addCommand(exportCommand(terminal));
}

const sub = (name: string, text: string) =>
  new Command(name).description(text).argument("<collection>", "folder of the collection");
const withIds = (command: Command) => command.requiredOption("--ids <ids>", "ids of images, as in 1-5,9");
const withGroup = (command: Command, text: string) => command.requiredOption("--group <group>", text);

const edits: readonly (() => Command)[] = [
  () =>
    withIds(sub("relabel", "Give images another class."))
      .option("--coarse <name>", "the coarse class, which may be new")
      .option("--fine <name>", "the fine class, which may be new; an empty name for none"),
  () => withIds(sub("drop", "Take images out: no search finds them.")),
  () => withIds(sub("restore", "Take dropped images back in.")),
  () =>
    withIds(sub("keep", "Let images stand after a look: a review does not ask again.")).requiredOption(
      "--kind <kind>",
      "label: it is right; copies: all of these stay; outlier: it belongs here",
    ),
  () => sub("undo", "Take the last action back."),
  () => sub("redo", "Take the last action again that was undone."),
];

const groupEdits: readonly (() => Command)[] = [
  () =>
    withGroup(sub("name", "Name a group, or take its name away."), "id or name of the group").option(
      "--name <name>",
      "the name; an empty one for none",
    ),
  () =>
    sub("merge", "Make one group of several.")
      .requiredOption("--groups <groups>", "ids or names of groups of one coarse class, as in 3,7")
      .option("--name <name>", "of the new group; by default that of the first that has one"),
  () =>
    withGroup(sub("split", "Make several groups of one, along its tree or by images."), "id or name of the group")
      .option("--into <n>", "how many parts the tree is cut into")
      .option("--ids <ids...>", "images of one part, as in 1-5,9; again for another; the rest is a part too"),
  () =>
    withGroup(withIds(sub("assign", "Put images into a group.")), "id or name of the group, `none`, or `new`").option(
      "--name <name>",
      "of a new group",
    ),
];

const exportCommand = (terminal: Terminal) =>
  sub("export", "Write fine folders that `train` and `eval` read, or lists of images with their groups.")
    .option("--folders <dir>", "write images into DIR/COARSE/FINE, DIR new or empty")
    .option("--copy", "copy images; by default they are hard links, which take no room")
    .option("--unsure <what>", "images in no group without a fine label: skip, or a folder of their own", "skip")
    .option("--no-splits", "leave out the folders train and test above the classes")
    .option("--max-bad <n>", "leave out up to N images that changed or are gone, by name", "0")
    .option("--csv <file>", "write id, path, coarse, group, name and confidence of each image as CSV")
    .option("--parquet <file>", "write the same as Parquet")
    .option("--json", "print JSON")
    .action(async (folder: string, flags: CollectionExportFlags) =>
      (await import("../export-collection.ts")).exportCollectionCommand(folder, flags, terminal),
    );
