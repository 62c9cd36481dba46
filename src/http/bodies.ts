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
  const text = await c.req.text();
  let hasProto = false;
  try {
    const value: unknown = JSON.parse(text, (key, own) => {
      hasProto ||= key === "__proto__";
      return own;
    });
    // Schemas pass this key over: a filter by it would be none.
    if (!hasProto) return value;
  } catch {
    // Said below.
  }
  const found = hasProto ? 'the key "__proto__"' : "something else";
  return fail("usage", { where: "the body", expected: hasProto ? "JSON with keys of the question" : "JSON", found });
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
