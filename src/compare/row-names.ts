import { basename } from "node:path";
import { kebab, runKeys } from "../config/index.ts";
import type { SettingValues } from "./grid.ts";

const symbols: Readonly<Record<string, string>> = { softTemperature: "T", softWeight: "w" };

/** A row's name with its settings. */
export function named(base: string, settings: SettingValues): string {
  const parts = Object.entries(settings).map(([key, value]) => `${symbols[key] ?? key} ${shortOf(value)}`);
  return [base, ...parts].join(" ");
}

/** A file's path is named by its last part. */
const shortOf = (value: unknown): string => (typeof value === "string" ? basename(value) : String(value));

/** Lower case, digits and dots, with dashes between: safe in a path on every system. Empty where a name has none of them. */
export function slugOf(name: string): string {
  return name
    .replace(/[A-Za-z]+/g, (word) => ((runKeys as readonly string[]).includes(word) ? kebab(word) : word))
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "");
}
