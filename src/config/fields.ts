import { z } from "zod";
import { kebab } from "./explain.ts";
import { runSchema } from "./schema.ts";

export interface FlagField {
  readonly key: string;
  readonly flag: string;
  readonly type: "number" | "string" | "boolean";
  readonly choices: readonly string[] | undefined;
  /** What stands for the value in a usage line: `n` is a number, `file` a path. */
  readonly value: "n" | "file" | "name";
  readonly description: string;
  /** Undefined where the setting may stay unset. */
  readonly default: string | undefined;
}

interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly defaultValue?: unknown;
  readonly entries?: Record<string, string>;
}

/** What a command line or a form needs to know of each setting, read from the schema itself. */
export function flagFields(): FlagField[] {
  return Object.entries(runSchema.shape).map(([key, field]) => {
    const meta = z.globalRegistry.get(field) as { description?: string; unit?: string; value?: "name" } | undefined;
    let inner: z.ZodType = field;
    let fallback: unknown;
    for (let def = definition(inner); def.innerType; def = definition(inner)) {
      fallback ??= def.defaultValue;
      inner = def.innerType;
    }
    const { type, entries } = definition(inner);
    return {
      key,
      flag: `--${kebab(key)}`,
      type: type === "number" || type === "boolean" ? type : "string",
      choices: entries && Object.values(entries),
      value: entries ? "name" : type === "number" ? "n" : (meta?.value ?? "file"),
      description: (meta?.description ?? "") + (meta?.unit ? ` [${meta.unit}]` : ""),
      default: fallback === undefined || fallback === false ? undefined : String(fallback),
    };
  });
}

const definition = (field: z.ZodType) => field.def as unknown as Definition;
