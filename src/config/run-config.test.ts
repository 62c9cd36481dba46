import { expectTypeOf, it } from "vitest";
import type { z } from "zod";
import type { RunConfig, RunOptions } from "./run-config.ts";
import type { runSchema } from "./schema.ts";

it("is what the schema takes and gives", () => {
  expectTypeOf<RunOptions>().toEqualTypeOf<Readonly<z.input<typeof runSchema>>>();
  expectTypeOf<RunConfig>().toEqualTypeOf<Readonly<z.output<typeof runSchema> & { softWeight: number }>>();
});
