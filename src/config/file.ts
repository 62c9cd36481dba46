import { readFile } from "node:fs/promises";
import { fail, messageOf } from "../core/index.ts";

/**
 * Reads a JSON configuration file.
 * @throws MaskconError "config" where the file is missing, not JSON or not an object.
 */
export async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    return fail("config", { where: path, expected: "a readable configuration file", found: messageOf(error) }, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fail("config", { where: path, expected: "JSON", found: messageOf(error) }, error);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return fail("config", { where: path, expected: 'a JSON object such as {"epochs": 12}', found: typeName(value) });
}

const typeName = (value: unknown) =>
  Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
