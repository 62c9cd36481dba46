import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

const root = new URL("../../", import.meta.url);

export interface Source {
  readonly file: string;
  readonly text: string;
}

/** Everything in `src` but tests. */
export function readSources(): Source[] {
  const names = readdirSync(new URL("src", root), { recursive: true }).map((name) =>
    String(name).replaceAll("\\", "/"),
  );
  const files = names
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
    .map((name) => `src/${name}`);
  return files.map((file) => ({ file, text: readFileSync(new URL(file, root), "utf8") }));
}

const parsed = ({ file, text }: Source) => ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);

const problem = (source: ts.SourceFile, position: number, text: string): string =>
  `${source.fileName}:${source.getLineAndCharacterOfPosition(position).line + 1}: ${text}`;

/** Module-level constants that are numbers, strings or booleans, and are not in UPPER_CASE. */
export function misnamedConstants(source: Source): string[] {
  const file = parsed(source);
  return file.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) =>
    declarationList.declarations.flatMap(({ name, initializer }) => {
      if (!ts.isIdentifier(name) || !initializer || !isPrimitive(initializer)) return [];
      return /^[A-Z][A-Z0-9_]*$/.test(name.text) ? [] : [problem(file, name.getStart(), `const ${name.text}`)];
    }),
  );
}

function isPrimitive(node: ts.Expression): boolean {
  if (ts.isPrefixUnaryExpression(node)) return isPrimitive(node.operand);
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return isPrimitive(node.expression);
  if (ts.isBinaryExpression(node)) return isPrimitive(node.left) && isPrimitive(node.right);
  if (ts.isPropertyAccessExpression(node)) return node.expression.getText() === "Number";
  if (ts.isCallExpression(node)) return /^Math\./.test(node.expression.getText());
  if (ts.isIdentifier(node)) return /^[A-Z][A-Z0-9_]+$/.test(node.text);
  const { TrueKeyword, FalseKeyword } = ts.SyntaxKind;
  return ts.isLiteralExpression(node) && !ts.isRegularExpressionLiteral(node)
    ? true
    : ts.isTemplateExpression(node) || node.kind === TrueKeyword || node.kind === FalseKeyword;
}

/** Words on errors in docstrings in another form than `@throws MaskconError "code" where …`. */
export function misformedThrows({ file, text }: Source): string[] {
  return text.split("\n").flatMap((line, i) => {
    const docstring = /^\s*(\/\*\*|\*)/.test(line);
    const right = !/@throws(?! MaskconError "[a-z]+" where )|\bthrows `/i.test(line);
    return !docstring || right ? [] : [`${file}:${i + 1}: ${line.trim()}`];
  });
}

/** Functions and constants called `require`, which Node has another meaning for. */
export function requireFunctions(source: Source): string[] {
  const file = parsed(source);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const declares = ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node);
    if (declares && node.name?.getText() === "require") found.push(problem(file, node.getStart(), "require"));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Lines with words that stand for others: identify, tell, unknown, uncertain, found. */
export function privateWords({ file, text }: Source): string[] {
  const words = /\b(betray\w*|told|strangers?|doubtful|got)\b/i;
  return text.split("\n").flatMap((line, i) => (words.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : []));
}

/** Strings of a file that are one of these names; types apart. */
export function quotedNames(source: Source, names: readonly string[]): string[] {
  const file = parsed(source);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isValue = ts.isStringLiteral(node) && !ts.isLiteralTypeNode(node.parent);
    if (isValue && names.includes(node.text)) found.push(problem(file, node.getStart(), node.text));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
