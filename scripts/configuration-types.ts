/** The types of a run's settings, from the schema itself. Run as a program it writes them into the sources. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type FlagField, flagFields, type RunKey, runSchema } from "../src/config/index.ts";
import { defaultOf, rangeOf } from "./configuration-tables.ts";

export const typesFile = new URL("../src/config/run-config.ts", import.meta.url);

const WIDTH = 120;

/** Worked out where nobody gives it. */
const resolved: readonly RunKey[] = ["softWeight"];

/** Whether a resolved configuration may be without it. */
const mayStayUnset = (key: string): boolean =>
  !resolved.some((name) => name === key) && runSchema.shape[key as RunKey].safeParse(undefined).data === undefined;

function property(field: FlagField): string {
  const unset = mayStayUnset(field.key);
  const file = field.ending ? [`\`\${string}${field.ending}\``] : [];
  const members = [
    ...(field.choices?.map((choice) => `"${choice}"`) ?? [field.type]),
    ...file,
    ...(unset ? ["undefined"] : []),
  ];
  const start = `  readonly ${field.key}${unset ? "?" : ""}:`;
  const line = `${start} ${members.join(" | ")};`;
  const type = line.length <= WIDTH ? line : `${start}\n${members.map((member) => `    | ${member}`).join("\n")};`;
  return `${comment(field)}\n${type}`;
}

function comment(field: FlagField): string {
  const fallback = defaultOf(field) ?? (field.type === "boolean" ? "false" : undefined);
  const facts = [
    field.description,
    ...(field.type === "number" ? [rangeOf(field.key)] : []),
    ...(fallback ? [`default: ${fallback}`] : []),
  ];
  const text = facts.map((fact) => `${sentence(fact)}.`).join(" ");
  const line = `  /** ${text} */`;
  return line.length <= WIDTH ? line : `  /**\n${wrapped(text, WIDTH - "   * ".length).join("\n")}\n   */`;
}

/** With a capital, unless it begins with a symbol. */
const sentence = (text: string): string => (/^[a-z]\b/.test(text) ? text : text[0]!.toUpperCase() + text.slice(1));

/** `text` in lines of a comment, each with at most `width` characters of it. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `   * ${line}`);
}

/** The file as it should be. */
export const typesText =
  (): string => `// Written by \`npm run docs\` from the schema: the published types then need none of zod's.

/** A resolved configuration: what was left out has its default, the method's own w included. */
export type RunConfig = {
${flagFields().map(property).join("\n")}
};

/** Settings as they are given: each may be left out. */
export type RunOptions = { readonly [Key in keyof RunConfig]?: RunConfig[Key] | undefined };
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(typesFile, typesText());
