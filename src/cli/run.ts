import { Command, CommanderError } from "commander";
import { version } from "../config/version.ts";
import { didYouMean } from "../core/index.ts";
import { commands } from "./commands.ts";
import { reportError } from "./report-error.ts";
import type { Terminal } from "./terminal.ts";

/** Runs a command line (without `node` and the script). Returns the exit code: 0, 1 on a reported error, 2 on wrong usage. */
export async function run(line: readonly string[], terminal: Terminal): Promise<number> {
  const args = line[0] === "help" ? [...line.slice(1), "--help"] : line;
  try {
    const program = await programFor(args, terminal);
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return 2;
    }
    if (!args[0]!.startsWith("-") && !Object.hasOwn(commands, args[0]!)) unknownCommand(program, args[0]!);
    process.exitCode = undefined;
    await program.parseAsync(args, { from: "user" });
    // A command that ended otherwise than by success or an error (an interrupted run) says so itself.
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportError(error, terminal);
  }
}

async function programFor(args: readonly string[], terminal: Terminal): Promise<Command> {
  const program = configured(new Command("maskcon"), terminal)
    .description("Learn fine-grained image embeddings from coarse labels.")
    .version(version, "-V, --version", "print the version")
    .helpCommand(false)
    .usage("<command> [options]")
    .addHelpText("after", "\nRun `maskcon <command> --help` for a command's options.");
  for (const [name, { summary, load }] of Object.entries(commands)) {
    const command = name === args[0] ? (await load()).command(terminal).name(name) : new Command(name);
    program.addCommand(configured(command.summary(summary), terminal));
  }
  return program;
}

function configured(command: Command, terminal: Terminal): Command {
  for (const sub of command.commands) configured(sub, terminal);
  return command
    .exitOverride()
    .allowExcessArguments(false)
    .helpOption("-h, --help", "print this help")
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      // Commander puts its suggestion on a second line: one line, as for every other mistake.
      outputError: (text, write) => write(`maskcon: ${oneLine(text)}; see ${pathOf(command)} --help\n`),
    });
}

const pathOf = (command: Command): string => `${command.parent ? `${pathOf(command.parent)} ` : ""}${command.name()}`;

const oneLine = (text: string) =>
  text
    .trim()
    .replace(/^error: /, "")
    .replace(/\.$/, "")
    .replace(/\s*\n\s*/g, " ");

function unknownCommand(program: Command, name: string): never {
  const hint = didYouMean(name, Object.keys(commands));
  return program.error(`unknown command '${name}'${hint ? ` (${hint})` : ""}`, { exitCode: 2 });
}
