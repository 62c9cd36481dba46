/** The tables of docs/configuration.md, from the schema itself. Run as a program it writes them there. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type FlagField, flagFields, presets, runJsonSchema } from "../src/config/index.ts";

export const documentation = new URL("../docs/configuration.md", import.meta.url);

interface Property {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** Defaults that the machine decides. */
const machineDefaults: Readonly<Record<string, string>> = { workers: "half of the cores, 1 to 8" };

function settingsTable(): string {
  const rows = flagFields().map((field) => {
    const { key, flag, type, value, ending, choices, description } = field;
    const text = value === "file" ? "path" : value === "list" ? "three numbers" : "name";
    const plain = type === "boolean" ? "true or false" : type === "number" ? rangeOf(key) : text;
    const file = ending ? [`a path that ends in ${code(ending)}`] : [];
    const values = choices ? [...choices.map(code), ...file].join(", ") : plain;
    return [
      code(key),
      code(flag),
      values,
      machineDefaults[key] ?? (field.default ? code(field.default) : "–"),
      description,
    ];
  });
  return table(["setting", "flag", "values", "default", "meaning"], rows);
}

/** The default of a setting, in words; undefined where it may stay unset. */
export const defaultOf = ({ key, default: fallback }: FlagField): string | undefined =>
  machineDefaults[key] ?? fallback;

/** What numbers a setting takes. */
export function rangeOf(key: string): string {
  const { properties } = runJsonSchema() as { properties: Record<string, Property> };
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = properties[key]!;
  const kind = type === "integer" ? "whole number" : "number";
  const from =
    exclusiveMinimum !== undefined ? `above ${exclusiveMinimum}` : minimum !== undefined ? `from ${minimum}` : "";
  // zod gives whole numbers the bounds of exact doubles.
  const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  const to = exclusiveMaximum !== undefined ? `to below ${exclusiveMaximum}` : bounded ? `to ${maximum}` : "";
  return [kind, from, to].filter(Boolean).join(" ");
}

function presetsTable(): string {
  const rows = Object.entries(presets).map(([name, { summary, values }]) => [
    code(name),
    summary,
    Object.entries(values)
      .map(([key, value]) => code(`${key} ${value}`))
      .join(", "),
  ]);
  return table(["preset", "for", "sets"], rows);
}

export const code = (text: string): string => `\`${text}\``;

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The page with its tables as they should be. */
export const withTables = (page: string): string =>
  placed(page, { settings: settingsTable(), presets: presetsTable() });

/** A page with these tables between their marks, `<!-- name -->` and `<!-- /name -->`. */
export function placed(page: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce(
    (text, [name, content]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->)[\\s\\S]*?(<!-- /${name} -->)`),
        (_, open: string, close: string) => `${open}\n\n${content}\n\n${close}`,
      ),
    page,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(documentation, withTables(readFileSync(documentation, "utf8")));
}
