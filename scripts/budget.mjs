/**
 * Prints how long files and functions are against the project's budget, and fails where one is past the hard limit.
 * Tests are left out; a function's lines are those of its body with its signature, functions inside it included.
 */
import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

const root = new URL("../", import.meta.url);
const folders = ["src", "bench", "scripts"];
const budget = {
  file: { median: 100, p90: 300, max: 400 },
  function: { median: 10, p90: 40, max: 80 },
};

const isFunction = (node) =>
  ts.isFunctionDeclaration(node) ||
  ts.isFunctionExpression(node) ||
  ts.isArrowFunction(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isConstructorDeclaration(node) ||
  ts.isAccessor(node);

function functionsOf(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const line = (position) => source.getLineAndCharacterOfPosition(position).line + 1;
  const found = [];
  const visit = (node) => {
    if (isFunction(node) && node.body) {
      const first = line(node.getStart());
      const name = node.name?.getText() ?? node.parent?.name?.getText?.() ?? "(anonymous)";
      found.push({ where: `${path}:${first} ${name}`, lines: line(node.end) - first + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

function report(kind, items) {
  const { median, p90, max } = budget[kind];
  const sorted = items.map(({ lines }) => lines).sort((a, b) => a - b);
  const figures = [
    ["median", at(sorted, 0.5), median],
    ["90th percentile", at(sorted, 0.9), p90],
    ["longest", sorted.at(-1), max],
  ];
  const text = figures.map(([name, lines, limit]) => `${name} ${lines} of ${limit}${lines > limit ? " (over)" : ""}`);
  console.log(`lines a ${kind.padEnd(8)} ${text.join(", ")} (${items.length} ${kind}s)`);
  const tooLong = items.filter(({ lines }) => lines > max);
  for (const { where, lines } of tooLong) console.error(`${where}: expected at most ${max} lines, found ${lines}`);
  return tooLong.length + (at(sorted, 0.5) > median) + (at(sorted, 0.9) > p90);
}

const paths = folders.flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: true })
    .map((name) => `${folder}/${String(name).replaceAll("\\", "/")}`)
    .filter((path) => /\.(tsx?|mjs)$/.test(path) && !/\.test\.tsx?$/.test(path)),
);
const texts = paths.map((path) => [path, readFileSync(new URL(path, root), "utf8")]);
const files = texts.map(([path, text]) => ({ where: path, lines: text.split("\n").length - 1 }));
const functions = texts.flatMap(([path, text]) => functionsOf(path, text));
process.exitCode = report("file", files) + report("function", functions) > 0 ? 1 : 0;
