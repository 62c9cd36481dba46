import { expect, it } from "vitest";
import { runCommand } from "../../test/run-command.ts";
import { slowToExport } from "../../test/slow-export.ts";

it("says which classes are folders in folders", async () => {
  const { root, folder } = await slowToExport(3);
  for (const [id, fine] of [
    ["1", "tops/long"],
    ["2", "tops"],
    ["3", "tops"],
  ] as const) {
    expect((await runCommand(["collection", "relabel", folder, "--ids", id, "--fine", fine])).code).toBe(0);
  }
  const { code, out } = await runCommand(["collection", "export", folder, "--folders", `${root}/fine`]);
  expect(code).toBe(0);
  expect(out.split("\n").slice(1)).toEqual([
    "  coarse 0: tops 1",
    "  coarse 1: tops/long 1",
    "  coarse 2: tops 1",
    "  folders in folders, for their slash: coarse 1/tops/long",
    "",
  ]);
});
