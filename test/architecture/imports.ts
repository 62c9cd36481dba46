import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";
import { browserDoors, doors, innerOrders, levels } from "./levels.ts";

/** Source files by path from the repository's root, each with what it imports: paths of sources, or names of packages. */
export type Imports = ReadonlyMap<string, readonly string[]>;

const root = new URL("../../", import.meta.url);

/** The imports of everything in `src` but tests; type imports and `import()` count. */
export function readImports(): Imports {
  const names = readdirSync(new URL("src", root), { recursive: true }).map((name) =>
    String(name).replaceAll("\\", "/"),
  );
  const files = names
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
    .map((name) => `src/${name}`);
  return new Map(files.map((file) => [file, importsOf(file, readFileSync(new URL(file, root), "utf8"))]));
}

export function importsOf(file: string, text: string): string[] {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles.map(({ fileName }) =>
    fileName.startsWith(".") ? posix.join(posix.dirname(file), fileName) : fileName,
  );
}

/** Every import that breaks a rule, in one line each. */
export function violations(imports: Imports): string[] {
  return [...imports].flatMap(([file, targets]) =>
    targets.flatMap((target) => {
      if (!target.startsWith("src/")) return isPackageOrData(target) ? [] : [`${file}: imports ${target}, outside src`];
      const problem = levelProblem(file, target) ?? doorProblem(file, target) ?? innerProblem(file, target);
      return problem === undefined ? [] : [`${file}: ${problem}`];
    }),
  );
}

const isPackageOrData = (target: string): boolean => !target.startsWith("..") && !target.startsWith("test/");

const ownerOf = (file: string): string => (levels[file] === undefined ? file.split("/").slice(0, 2).join("/") : file);

function levelProblem(file: string, target: string): string | undefined {
  const [from, to] = [ownerOf(file), ownerOf(target)];
  const [fromLevel, toLevel] = [levels[from], levels[to]];
  if (fromLevel === undefined) return `${from} has no level (test/architecture/levels.ts)`;
  if (toLevel === undefined) return `${to} has no level (test/architecture/levels.ts)`;
  if (from === to || toLevel < fromLevel) return undefined;
  return `level ${fromLevel} imports ${target} of level ${toLevel}`;
}

function doorProblem(file: string, target: string): string | undefined {
  if (ownerOf(file) === ownerOf(target) || posix.basename(target) === "index.ts" || target in doors) return undefined;
  if (file === "src/browser.ts" && browserDoors.includes(target)) return undefined;
  return `imports ${target}, the inside of another folder (take its index.ts)`;
}

function innerProblem(file: string, target: string): string | undefined {
  for (const [folder, order] of Object.entries(innerOrders)) {
    const [from, to] = [partOf(folder, file), partOf(folder, target)];
    if (from === undefined || from === "index.ts" || to === undefined || from === to) continue;
    if (order[from] === undefined) return `${folder}/${from} has no place in its folder (test/architecture/levels.ts)`;
    if (!order[from].includes(to)) return `${folder}/${from} imports ${folder}/${to}`;
  }
  return undefined;
}

/** The folder or file of `folder` that `file` is in. */
const partOf = (folder: string, file: string): string | undefined =>
  file.startsWith(`${folder}/`) ? file.slice(folder.length + 1).split("/")[0] : undefined;

/** Cycles of files, each as a path that returns to its start. */
export function cycles(imports: Imports): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) {
      found.push([...path.slice(start), file].join(" -> "));
      return;
    }
    if (done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}

/** What `file` brings with it, sources and packages. */
export function reachedFrom(file: string, imports: Imports): Set<string> {
  const reached = new Set<string>();
  const visit = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const target of imports.get(name) ?? []) visit(target);
  };
  visit(file);
  return reached;
}
