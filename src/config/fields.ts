import { z } from "zod";
import { kebab } from "./explain.ts";
import { runSchema } from "./schema.ts";

export interface FlagField {
  readonly key: string;
  readonly flag: string;
  readonly type: "number" | "string" | "boolean";
  readonly choices: readonly string[] | undefined;
  /** What stands for the value in a usage line: `n` is a number, `file` a path. */
  readonly value: "n" | "file" | "name" | "list";
  /** A file with this ending may stand in place of a choice. */
  readonly ending: `.${string}` | undefined;
  readonly description: string;
  /** Undefined where the setting may stay unset. */
  readonly default: string | undefined;
}

interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly defaultValue?: unknown;
  readonly entries?: Record<string, string>;
  readonly options?: readonly z.ZodType[];
}

interface Meta {
  readonly description?: string;
  readonly unit?: string;
  readonly value?: FlagField["value"];
  readonly ending?: FlagField["ending"];
}

/** What a command line or a form needs to know of each setting, read from the schema itself. */
export function flagFields(): FlagField[] {
  return Object.entries(runSchema.shape).map(([key, field]) => {
    const meta = z.globalRegistry.get(field) as Meta | undefined;
    let inner: z.ZodType = field;
    let fallback: unknown;
    for (let def = definition(inner); def.innerType; def = definition(inner)) {
      fallback ??= def.defaultValue;
      inner = def.innerType;
    }
    // Of several kinds of value the choices come first.
    const { type, entries } = definition(definition(inner).options?.[0] ?? inner);
    return {
      key,
      flag: `--${kebab(key)}`,
      type: type === "number" || type === "boolean" ? type : "string",
      choices: entries && Object.values(entries),
      ending: meta?.ending,
      value: entries ? "name" : type === "number" ? "n" : (meta?.value ?? "file"),
      description: (meta?.description ?? "") + (meta?.unit ? ` [${meta.unit}]` : ""),
      default: fallback === undefined || fallback === false ? undefined : String(fallback),
    };
  });
}

const definition = (field: z.ZodType) => field.def as unknown as Definition;
