import { readFile } from "node:fs/promises";
import { z } from "zod";
import { fail, fsReason, messageOf } from "../../../core/index.ts";
import { refuseUrlAs } from "../../../formats/index.ts";
import type { Origin } from "../origin.ts";
import { type DatasetName, datasetNames, setOf } from "../sets.ts";

export type Addresses = Readonly<Record<DatasetName, Origin>>;

export const addresses = Object.fromEntries(datasetNames.map((name) => [name, setOf(name).origin(name)])) as Addresses;

const schema = z.record(
  z.string(),
  z.strictObject({
    files: z.array(
      z.strictObject({
        url: z.url({ protocol: /^https?$/ }),
        name: z.string().regex(/^\w[\w.-]*(\/\w[\w.-]*)?$/),
        md5: z.string().regex(/^[0-9a-f]{32}$/),
        bytes: z.int().min(1),
        unpack: z.int().min(1).optional(),
      }),
    ),
    place: z.array(z.string()).optional(),
  }),
);

/** The addresses with some replaced from a JSON file of the same form: another mirror, or a test's own server. */
export async function withAddresses(file: string): Promise<Addresses> {
  let values: unknown;
  try {
    values = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    refuseUrlAs("file", file, "usage");
    const found = error instanceof SyntaxError ? messageOf(error) : fsReason(error);
    return fail("usage", { where: file, expected: "a JSON file of addresses", found }, error);
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return { ...addresses, ...parsed.data };
  const issue = parsed.error.issues[0]!;
  const found = `${issue.message} at ${issue.path.join(".") || "the top"}`;
  return fail("usage", { where: file, expected: "a JSON file of addresses", found });
}
