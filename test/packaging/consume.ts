import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createPackageFromTarballData } from "@arethetypeswrong/core";
import * as browser from "../../src/browser.ts";
import * as library from "../../src/index.ts";
import { root, run } from "./packed.ts";

const programs = fileURLToPath(new URL("consumer/", import.meta.url));

/** The compilers, each as the development dependency that it is: the oldest that is supported, one between, ours, the newest. */
export const compilers = ["typescript-5.4", "typescript-5.6", "typescript", "typescript-7.0"] as const;

/** How a consumer's `tsconfig.json` differs from the others'. */
export interface Settings {
  readonly module: string;
  readonly moduleResolution: string;
  readonly lib: readonly string[];
  readonly types?: readonly string[];
  readonly exactOptionalPropertyTypes?: boolean;
  readonly include: readonly string[];
}

const bare = { lib: ["ES2022"], include: ["library.ts", "page.ts", "names.ts"] };
const withPlatform = [...bare.include, "platform.ts"];

export const settings: Readonly<Record<string, Settings>> = {
  node16: { ...bare, module: "node16", moduleResolution: "node16" },
  nodenext: { ...bare, module: "nodenext", moduleResolution: "nodenext" },
  bundler: { ...bare, module: "esnext", moduleResolution: "bundler" },
  "bundler, with the types of a page": {
    module: "preserve",
    moduleResolution: "bundler",
    lib: ["ES2022", "DOM"],
    exactOptionalPropertyTypes: true,
    include: withPlatform,
  },
  "nodenext, with the types of Node": {
    module: "nodenext",
    moduleResolution: "nodenext",
    lib: ["ES2023"],
    types: ["node"],
    include: withPlatform,
  },
};

/** Makes `folder` a project of somebody else's: the package, without any other one, and programs that use it. */
export function consumer(folder: string, tarball: string): void {
  const content = createPackageFromTarballData(new Uint8Array(readFileSync(tarball)));
  for (const path of content.listFiles()) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content.readFile(path));
  }
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  for (const name of readdirSync(programs)) cpSync(join(programs, name), join(folder, name));
  writeFileSync(join(folder, "names.ts"), wrappers());
}

/** Exports every public function anew: its declaration names all types of its parameters and of its result. */
function wrappers(): string {
  const lines = (door: string, names: object) =>
    Object.entries(names)
      .filter(([name, value]) => typeof value === "function" && /^[a-z]/.test(name))
      .map(
        ([name]) =>
          `export const ${door}_${name} = (...given: Parameters<typeof ${door}.${name}>) => ${door}.${name}(...given);`,
      );
  return [
    'import * as library from "maskcon";',
    'import * as browser from "maskcon/browser";',
    ...lines("library", library),
    ...lines("browser", browser),
  ].join("\n");
}

/** What the compiler says of the consumer's programs and of every declaration that they bring in: nothing, where all is well. */
export async function complaints(folder: string, compiler: string, { include, ...differences }: Settings) {
  const compilerOptions = {
    target: "ES2022",
    strict: true,
    skipLibCheck: false,
    types: [],
    typeRoots: [join(root, "node_modules/@types")],
    declaration: true,
    emitDeclarationOnly: true,
    outDir: "declarations",
    ...differences,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include }));
  const { code, out, err } = await run("node", [join(root, "node_modules", compiler, "bin/tsc"), "-p", folder], folder);
  return code === 0 ? "" : `${out}${err}`;
}
