import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { put } from "../../test/data-samples.ts";
import { runCommand } from "../../test/run-command.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { formatRecord, resolveConfig } from "../config/index.ts";
import { requireDevice } from "../engine/runtime/doctor.ts";

/** As a report begins: other files under its name are not replaced. */
const GOOD_REPORT = "<!doctype html><title>a run: maskcon report</title>";

/** A run that has not begun, with a report that somebody wants to keep. */
function runWithReport(): string {
  const folder = temporaryFolder();
  const triple: [number, number, number] = [0.5, 0.5, 0.5];
  const dataset = {
    ...{ name: "d", trainImages: 2, testImages: 2, coarseClasses: ["a", "b"], labels: "" },
    normalization: { mean: triple, std: triple },
  };
  const config = resolveConfig({ flags: { backbone: "resnet20", imageSize: 16 } });
  put(folder, "config.json", formatRecord({ version: "1", data: join(folder, "gone"), config, dataset }));
  put(folder, "report.html", GOOD_REPORT);
  return folder;
}

async function report(folder: string, ...flags: string[]) {
  const { code, err } = await runCommand(["report", folder, ...flags]);
  return { code, err, kept: readFileSync(join(folder, "report.html"), "utf8") === GOOD_REPORT };
}

const oneLine = /^maskcon: [^\n]+\n$/;

it("writes nothing over a report where images, an encoder or their columns were asked for in vain", async () => {
  const folder = runWithReport();
  for (const flags of [
    ["--data", join(folder, "absent")],
    ["--encoder", "key"],
    ["--coarse-map", "absent.csv"],
  ]) {
    const { code, err, kept } = await report(folder, ...flags);
    expect({ flags, code: code > 0, kept }).toEqual({ flags, code: true, kept: true });
    expect(err).toMatch(oneLine);
  }
});

it("notes that the run's own images are gone, which nobody asked for", async () => {
  const folder = runWithReport();
  const { code, err, kept } = await report(folder);
  expect({ code, kept }).toEqual({ code: 0, kept: false });
  expect(err).toMatch(/^note: no images: .*gone/m);
});

it("says that a device is not there instead of writing a report without it", async (context) => {
  const there = await requireDevice("cuda").then(
    () => true,
    () => false,
  );
  if (there) context.skip("CUDA is there");
  const { code, err, kept } = await report(runWithReport(), "--device", "cuda");
  expect({ code, kept }).toEqual({ code: 1, kept: true });
  expect(err).toMatch(/^maskcon: device cuda: [^\n]+\n$/);
});
