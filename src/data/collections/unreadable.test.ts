import { expect, it } from "vitest";
import { put, putPictures } from "../../../test/data-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { openData } from "../open.ts";

/** Three images whose headers show that they cannot be read, in the folder `inside`. */
function putUnreadable(folder: string, inside: string): void {
  put(folder, `${inside}/drawing.psd`, "8BPS");
  put(folder, `${inside}/empty.jpg`, "");
  put(folder, `${inside}/words.png`, "words");
}

const failureOf = (opened: Promise<unknown>) => opened.then(String, (error: Error) => error.message);

it.each([
  [["x/1/a.png", "y/b.png"], "x/1", "y/b.png in none"],
  [["a.png", "x/b.png", "y/b.png"], "x", "a.png outside every class"],
  [["train/x/1.png", "test/x/1.png", "old/x/1.png"], "train/x", '"old" beside test and train'],
  [["train/x/1.png", "eval/x/1.png"], "train/x", '"train" and "eval"'],
  [["x/a.png", "x/b.png"], "x", 'only "x"'],
  [["x/a.png", "-1/b.png"], "x", "-1, which stands for no label"],
])("names the unreadable images of %j with the fault of the folder", async (paths, inside, fault) => {
  const folder = temporaryFolder();
  await putPictures(folder, paths);
  putUnreadable(folder, inside);
  const total = paths.length + 3;
  const failure = await failureOf(openData(folder));
  expect(failure).toContain(
    `${fault}; besides, 3 of ${total} unreadable: ${inside}/drawing.psd (.psd is not read: make it JPEG`,
  );
  expect(failure).toContain(`, ${inside}/empty.jpg (it is empty: 0 bytes), ${inside}/words.png (its content is text`);
  expect(failure).toMatch(/; repair or remove the unreadable images$/);
  // As many as are allowed need no mending.
  expect(await failureOf(openData(folder, { maxBad: 3 }))).not.toContain("unreadable");
});

it("names the missing images of a CSV with the fault of its labels", async () => {
  const folder = temporaryFolder();
  await putPictures(folder, ["a.png"]);
  const csv = put(folder, "list.csv", "file,coarse\na.png,x\nb.png,x\n");
  expect(await failureOf(openData(csv))).toContain(
    'only "x"; besides, 1 of 2 unreadable: b.png (nothing of that name)',
  );
});
