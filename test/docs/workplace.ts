import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import sharp from "sharp";
import { random } from "../../src/core/index.ts";
import { commandLine } from "../command-line.ts";
import { smallConvolutions } from "../foreign-models.ts";
import { sourceFile } from "../source-program.ts";
import { root } from "./markdown.ts";

const repository = fileURLToPath(root);
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** What a `maskcon train` of the documentation gets besides its own flags, to be over in seconds. */
const shortened = ["--steps", "2", "--batch-size", "16", "--queue-size", "32", "--image-size", "16", "--workers", "1"];
/** And in place of the network of eleven million numbers, where it names none. */
const smallNetwork = ["--backbone", "resnet20"];

export interface Workplace {
  readonly folder: string;
  /** Runs shell lines as a reader would, in the folder. */
  shell(lines: string): Promise<Ended>;
  /** Runs a TypeScript program that imports `maskcon`, or `./src/…` as from a clone's root. */
  program(text: string): Promise<Ended>;
  /** Runs a file of the repository in the folder. */
  example(path: string, parameters: readonly string[]): Promise<Ended>;
  remove(): void;
}

export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** A folder with a small collection in `pictures`, a pretrained `model.onnx`, and `maskcon` and `npx` on the path: the sources stand for the package. */
export async function openWorkplace(): Promise<Workplace> {
  const folder = mkdtempSync(join(tmpdir(), "maskcon-docs-"));
  await writePictures(join(folder, "pictures"));
  writeFileSync(join(folder, "model.onnx"), smallConvolutions());
  const half = [0.5, 0.5, 0.5];
  writeFileSync(
    join(folder, "preprocessor_config.json"),
    JSON.stringify({ image_mean: half, image_std: half, size: 24 }),
  );
  const bin = join(folder, ".bin");
  mkdirSync(bin);
  const more = `if [ "$1" = train ]; then
  set -- "$@" ${shortened.join(" ")}
  case " $* " in *" --backbone "* | *" --init "*) ;; *) set -- "$@" ${smallNetwork.join(" ")} ;; esac
fi`;
  script(
    join(bin, "maskcon"),
    `${more}\nexec ${[process.execPath, ...commandLine].map((part) => `"${part}"`).join(" ")} "$@"`,
  );
  script(join(bin, "npx"), 'exec "$@"');
  // Packages that a program of the documentation imports besides this one.
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "dir");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  // The library as programs import it.
  const tsconfig = join(folder, "tsconfig.json");
  writeFileSync(tsconfig, JSON.stringify({ compilerOptions: { paths: { maskcon: [sourceFile("src/index.ts")] } } }));
  const environment = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH}`,
    CI: "1",
    XDG_CACHE_HOME: join(folder, ".cache"),
    TSX_TSCONFIG_PATH: tsconfig,
  };
  const run = (command: string, parameters: readonly string[]) => execute(command, parameters, folder, environment);
  let programs = 0;
  return {
    folder,
    shell: (lines) => run("bash", ["-euo", "pipefail", "-c", lines]),
    program(text) {
      const file = join(folder, `program-${programs++}.ts`);
      writeFileSync(
        file,
        text.replace(/"\.\/(src\/[^"]+)"/g, (_, path: string) => JSON.stringify(sourceFile(path))),
      );
      return run(process.execPath, ["--import", tsx, file]);
    },
    example: (path, parameters) => run(process.execPath, ["--import", tsx, join(repository, path), ...parameters]),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function script(file: string, lines: string): void {
  writeFileSync(file, `#!/usr/bin/env bash\n${lines}\n`);
  chmodSync(file, 0o755);
}

function execute(command: string, parameters: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(command, parameters, { cwd, env, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === "number" ? error.code : 1) : 0;
      resolve({ code, output: `${stdout}${stderr}` });
    });
  });
}

/** Two coarse classes of two fine ones, twelve pictures each, 24 x 24: what the README calls `pictures`. */
async function writePictures(folder: string): Promise<void> {
  const classes = ["cats/siamese", "cats/tabby", "dogs/beagle", "dogs/poodle"];
  const rows = ["file,coarse,fine"];
  for (const [label, name] of classes.entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < 12; i++) {
      const rng = random(label, i);
      const rgb = Uint8Array.from({ length: 24 * 24 * 3 }, (_, p) => 50 * label + (p % 3) * 20 + rng.integer(60));
      await sharp(rgb, { raw: { width: 24, height: 24, channels: 3 } })
        .png()
        .toFile(join(folder, name, `${i}.png`));
      rows.push(`pictures/${name}/${i}.png,${name.replace("/", ",")}`);
    }
  }
  writeFileSync(join(folder, "..", "pictures.csv"), `${rows.join("\n")}\n`);
}
