import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";
import type { Source } from "./names.ts";

const root = new URL("../../", import.meta.url);

/** Folders beside `src` whose files may use an export. */
const users = ["src", "test", "bench", "examples", "scripts", "tools"];
/** Files whose exports are for others: the public doors, and the commands, which are imported by name. */
const openTo = /^src\/(index|browser)\.ts$|^src\/cli\/(usage\/[\w-]+|doctor)\.ts$/;

interface Declared {
  readonly file: string;
  readonly name: string;
  readonly isType: boolean;
}

/** Every TypeScript file of the repository, tests too. */
export function readUsers(): Source[] {
  return users.flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true })
      .map((name) => `${folder}/${String(name).replaceAll("\\", "/")}`)
      .filter((file) => /\.tsx?$/.test(file) && !file.includes("node_modules/"))
      .map((file) => ({ file, text: readFileSync(new URL(file, root), "utf8") })),
  );
}

const parsed = ({ file, text }: Source) => ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);

/** What a file declares and exports; re-exports apart. */
export function exportsOf(source: Source): Declared[] {
  return parsed(source).statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) return [];
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
    return declaredNames(statement).map((name) => ({ file: source.file, name, isType }));
  });
}

function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  }
  const { name } = statement as ts.Statement & { readonly name?: ts.Node };
  return name && ts.isIdentifier(name) ? [name.text] : [];
}

/** Names that two files declare and export, each with the files. */
export function sharedNames(sources: readonly Source[]): Map<string, readonly string[]> {
  const files = new Map<string, string[]>();
  for (const { file, name } of sources.flatMap(exportsOf)) files.set(name, [...(files.get(name) ?? []), file]);
  return new Map([...files].filter(([, list]) => list.length > 1));
}

/** Exported values of `src`, "file: name", that no other file uses: neither directly nor through an index. */
export function unusedExports(sources: readonly Source[]): string[] {
  const used = new Set<string>();
  const passedOn = new Map<string, string[]>();
  for (const source of sources) readUses(source, used, passedOn);
  const reach = (key: string): void => {
    for (const next of passedOn.get(key) ?? []) {
      if (used.has(next)) continue;
      used.add(next);
      reach(next);
    }
  };
  for (const key of [...used]) reach(key);
  const isUsed = ({ file, name }: Declared) => used.has(`${file}: ${name}`) || used.has(`${file}: *`);
  const own = sources.filter(
    ({ file }) => file.startsWith("src/") && !/\.test\.tsx?$/.test(file) && !openTo.test(file),
  );
  const values = own.flatMap(exportsOf).filter(({ isType }) => !isType);
  return values.filter((declared) => !isUsed(declared)).map(({ file, name }) => `${file}: ${name}`);
}

/** Adds what a file imports to `used`, and what it re-exports to `passedOn`: from its own name to the other file's. */
function readUses(source: Source, used: Set<string>, passedOn: Map<string, string[]>): void {
  const place = (specifier: string) => posix.join(posix.dirname(source.file), specifier);
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const from = place((node.moduleSpecifier as ts.StringLiteral).text);
      const bindings = node.importClause?.namedBindings;
      if (bindings && ts.isNamespaceImport(bindings)) used.add(`${from}: *`);
      else
        for (const { name, propertyName } of bindings?.elements ?? [])
          used.add(`${from}: ${(propertyName ?? name).text}`);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && node.exportClause) {
      const from = place((node.moduleSpecifier as ts.StringLiteral).text);
      if (!ts.isNamedExports(node.exportClause)) return void used.add(`${from}: *`);
      for (const { name, propertyName } of node.exportClause.elements) {
        const target = `${from}: ${(propertyName ?? name).text}`;
        if (openTo.test(source.file)) used.add(target);
        const key = `${source.file}: ${name.text}`;
        passedOn.set(key, [...(passedOn.get(key) ?? []), target]);
      }
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument && ts.isStringLiteral(argument)) used.add(`${place(argument.text)}: *`);
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed(source));
}
