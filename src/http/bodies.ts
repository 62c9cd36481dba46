import type { Context } from "hono";
import type { z } from "zod";
import { fail } from "../core/index.ts";

/**
 * The JSON of a request.
 * @param expected what a body that fits is, for the message
 * @throws MaskconError "usage" where it is no JSON, or does not fit
 */
export async function jsonBody<T>(c: Context, schema: z.ZodType<T>, expected: string): Promise<T> {
  return checkedValues(schema, await jsonOf(c), expected);
}

async function jsonOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    return fail("usage", { where: "the body", expected: "JSON", found: "something else" });
  }
}

/**
 * Values of a request, its query for instance.
 * @throws MaskconError "usage" where they do not fit
 */
export function checkedValues<T>(schema: z.ZodType<T>, values: unknown, expected: string): T {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  return fail("usage", { where: path.join(".") || "the question", expected, found: message });
}
