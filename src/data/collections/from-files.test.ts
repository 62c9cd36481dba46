import { expect, test } from "vitest";
import { png, put } from "../../../test/data-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { dataFromFiles } from "./from-files.ts";

test("an image without a coarse label is refused by its name, whatever let it pass", async () => {
  const folder = temporaryFolder();
  const images = ["a", "b", ""].map(async (coarse, i) => {
    const file = put(folder, `${i}.png`, await png(i));
    return { file, id: `${i}.png`, coarse, fine: undefined, split: undefined };
  });
  await expect(dataFromFiles("set", await Promise.all(images), { testFraction: 0 })).rejects.toThrow(
    "set, 2.png: expected a coarse label for every image, found none",
  );
});
