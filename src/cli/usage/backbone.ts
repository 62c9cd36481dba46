import { Command } from "commander";
import type { BackboneFlags } from "../backbone.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  return new Command("backbone")
    .description(
      "Look at an ONNX file as a backbone: its input, features and operators, and how far it can be trained.",
    )
    .argument("<file>", "the .onnx file")
    .option("--feature-output <name>", "output that gives the features, where it is not the usual one")
    .option("--features <tokens>", "cls, mean or cls+mean: which tokens of a transformer become its features")
    .option("--image-size <n>", "side in pixels, where the model takes any size")
    .option("--json", "print JSON")
    .action(async (file: string, flags: BackboneFlags) =>
      (await import("../backbone.ts")).backboneCommand(file, flags, terminal),
    );
}
