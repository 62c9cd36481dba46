import { z } from "zod";
import type { CollectionRows } from "../../collection/index.ts";
import { fail } from "../../core/index.ts";
import { comparedMethods } from "../../diagnose/index.ts";
import { checkedValues, type ServerApp } from "../../http/index.ts";
import {
  type MethodOptions,
  methodNames,
  methodOf,
  methodSettings,
  objectiveOf,
  softWeightOf,
  USUAL_SOFT_TEMPERATURE,
} from "../../methods/index.ts";
import { type By, TARGETS_HEADER_WORDS, type TargetMethod, type TargetSettings } from "../protocol.ts";
import { positionIn, type StudioContext } from "./context.ts";
import type { RunCatalog } from "./runs/run-catalog.ts";

const question = z.strictObject({ by: z.enum(["trained", "frozen"]) });
const TRAIN = "train";

interface TargetRoutesOptions {
  readonly limited: Parameters<ServerApp["use"]>[1];
  readonly catalog: RunCatalog | undefined;
}

/** What a training image's targets are computed from: the page does it, for any w and T. */
export function targetRoutes(app: ServerApp, context: StudioContext, { limited, catalog }: TargetRoutesOptions): void {
  app.get("/api/targets", async (c) => c.json(await settingsOf(context, catalog)));
  app.get("/api/targets/:id", limited, async (c) => {
    const { by } = checkedValues(question, c.req.query(), "by");
    const bytes = await similaritiesOf(context, positionIn(context, c.req.param("id")), by);
    c.header("Cache-Control", "no-store");
    return c.body(bytes, 200, { "Content-Type": "application/octet-stream" });
  });
}

async function settingsOf({ editor }: StudioContext, catalog: RunCatalog | undefined): Promise<TargetSettings> {
  const { encoder } = editor.collection.record;
  const found = encoder.run === undefined ? undefined : await catalog?.withId(encoder.run);
  const settings = found?.settings ?? {};
  const method = methodNames.find((name) => name === encoder.method) ?? methodNames[0]!;
  const number = (name: "softWeight" | "softTemperature", usual: number) => {
    const value = Number(settings[name] ?? Number.NaN);
    return methodSettings[name].fits(value) ? value : usual;
  };
  const softWeight = number("softWeight", softWeightOf(method, undefined));
  const softTemperature = number("softTemperature", USUAL_SOFT_TEMPERATURE);
  const methods = comparedMethods({ method, softWeight, softTemperature }).map(targetMethod);
  return {
    run: found?.entry.title ?? null,
    settings: found?.settings ?? null,
    // Those that follow the sliders come first.
    methods: methods.sort((a, b) => Number(b.isOpen) - Number(a.isOpen)),
  };
}

function targetMethod(options: MethodOptions): TargetMethod {
  const { softWeight, softTemperature } = objectiveOf(options).contrastive!;
  const { settings } = methodOf(options.name);
  const hasWeight = settings.includes("softWeight");
  return {
    ...{ name: options.name, hasWeight, isOpen: hasWeight && settings.includes("softTemperature") },
    ...{ softWeight, softTemperature: Number.isFinite(softTemperature) ? softTemperature : null },
  };
}

/**
 * The queue is all training images but the image itself; where none is known as such, all images.
 * @throws MaskconError "usage" where the image has no coarse class
 */
async function similaritiesOf({ editor, search }: StudioContext, position: number, by: By) {
  const { rows } = editor.collection;
  const id = rows.ids[position]!;
  const coarse = rows.coarse.names[rows.coarse.numbers[position]!];
  if (coarse === undefined) fail("usage", { where: `image ${id}`, expected: "a coarse class", found: "none" });
  const train = rows.split.names.indexOf(TRAIN);
  const isKnown = train >= 0 && rows.split.numbers.some((split, row) => split === train && rows.status[row] === 0);
  const where = { coarse: [coarse], ...(isKnown ? { split: [TRAIN] } : {}) };
  const found = await search.find({ id }, { by, count: rows.length, where });
  const answer = new Int32Array(TARGETS_HEADER_WORDS + 2 * found.length);
  answer.set(countsOf(rows, isKnown ? train : undefined, position));
  answer.set(
    found.map((entry) => entry.id),
    TARGETS_HEADER_WORDS,
  );
  new Float32Array(answer.buffer).set(
    found.map(({ score }) => score),
    TARGETS_HEADER_WORDS + found.length,
  );
  return new Uint8Array(answer.buffer);
}

/** Live rows of the split but the image itself: all, and those of its fine class in another coarse class. */
function countsOf({ coarse, fine, ...rows }: CollectionRows, split: number | undefined, own: number): [number, number] {
  let [size, outside] = [0, 0];
  const ownFine = fine.numbers[own]!;
  for (let row = 0; row < rows.length; row++) {
    const isIn = split === undefined || rows.split.numbers[row] === split;
    if (!isIn || row === own || rows.status[row] !== 0) continue;
    size++;
    if (ownFine >= 0 && fine.numbers[row] === ownFine && coarse.numbers[row] !== coarse.numbers[own]) outside++;
  }
  return [size, outside];
}
