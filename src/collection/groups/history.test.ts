import fc from "fast-check";
import { expect, test } from "vitest";
import { sampleProposal, sampleRows, writeSample } from "../../../test/collection-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import type { CollectionEdit, ProposeEdit } from "../actions/edits.ts";
import { editCollection } from "../edit.ts";
import { groupsMade } from "../history.ts";
import { type Collection, openCollection } from "../open.ts";

/** The plainest thing that has groups: a group for each image, copied before every action. All by id. */
interface Model {
  readonly of: Map<number, number>;
  readonly coarse: Map<number, string>;
  readonly groups: Map<number, { coarse: string; name: string | null }>;
  readonly dropped: Set<number>;
}

const ROWS = 24;
const rows = sampleRows(1, ROWS);
const start: Model = {
  of: new Map(rows.map(({ id }) => [id, 0])),
  coarse: new Map(rows.map(({ id, coarse }) => [id, coarse!])),
  groups: new Map(),
  dropped: new Set(),
};

const copy = ({ of, coarse, groups, dropped }: Model): Model => ({
  of: new Map(of),
  coarse: new Map(coarse),
  groups: new Map([...groups].map(([id, group]) => [id, { ...group }])),
  dropped: new Set(dropped),
});

const idsWhere = (column: Map<number, unknown>, value: unknown) =>
  [...column].filter(([, own]) => own === value).map(([id]) => id);

/** A random action that fits the model; undefined where there is none of the kind. */
function editOf(model: Model, kind: number, a: number, b: number): CollectionEdit | undefined {
  if (kind === 12) return { action: "drop", ids: [1 + (a % ROWS), 1 + (b % ROWS)] };
  if (kind === 13) return { action: "restore", ids: [1 + (a % ROWS), 1 + (b % ROWS)] };
  if (kind === 0 && a % 2 > 0) return { action: "relabel", ids: [1 + (a % ROWS)], coarse: `coarse ${b % 4}` };
  if (kind === 1) {
    const some = rows.filter(({ id }) => (id + a) % 5 > 0).map(({ id }) => ({ id, coarse: model.coarse.get(id) }));
    return { action: "propose", proposal: sampleProposal(some, 1 + (b % 3)), replaceNamed: b % 2 === 1 };
  }
  if (kind === 2) {
    const same = idsWhere(model.coarse, model.coarse.get(1 + (b % ROWS)));
    return { action: "assign", ids: same.slice(0, 1 + (a % 3)), group: "new", ...(a % 2 > 0 && { name: `n${b}` }) };
  }
  const groups = [...model.groups.keys()];
  const group = groups[a % groups.length];
  return group === undefined ? undefined : editOfGroup(model, group, kind, a, b);
}

function editOfGroup(model: Model, group: number, kind: number, a: number, b: number): CollectionEdit | undefined {
  const { coarse } = model.groups.get(group)!;
  if (kind === 3) return { action: "name", group, name: b % 3 ? `name ${b}` : null };
  if (kind === 4) {
    const others = [...model.groups].filter(([id, own]) => id !== group && own.coarse === coarse);
    return others.length === 0 ? undefined : { action: "merge", groups: [group, others[b % others.length]![0]] };
  }
  if (kind === 5) {
    const members = idsWhere(model.of, group);
    if (members.length < 2) return undefined;
    const cut = 1 + (b % (members.length - 1));
    const isLeft = members.slice(cut).some((id) => !model.dropped.has(id));
    const parts = b % 2 && isLeft ? [members.slice(0, cut)] : [members.slice(cut), members.slice(0, cut)];
    return { action: "split", group, parts };
  }
  if (kind === 0 || kind === 7) {
    // All live images of a group but for one now and then, and another image beside them.
    const live = idsWhere(model.of, group).filter((id) => !model.dropped.has(id));
    const ids = new Set([...live.slice(a % 3 === 0 ? 1 : 0), 1 + (b % ROWS)]);
    return { action: "relabel", ids: [...ids], coarse: `coarse ${b % 5}` };
  }
  const fitting = idsWhere(model.coarse, coarse);
  if (fitting.length === 0) return undefined;
  return { action: "assign", ids: [fitting[b % fitting.length]!], group: a % 4 ? group : null };
}

function applied(before: Model, edit: CollectionEdit, made: readonly number[]): Model {
  const model = copy(before);
  const { of, coarse, groups } = model;
  if (edit.action === "relabel") relabel(model, Array.from(edit.ids), edit.coarse!);
  else if (edit.action === "drop") for (const id of Array.from(edit.ids)) model.dropped.add(id);
  else if (edit.action === "restore") for (const id of Array.from(edit.ids)) model.dropped.delete(id);
  else if (edit.action === "name") groups.get(edit.group)!.name = edit.name;
  else if (edit.action === "merge") {
    const own = edit.groups.map((id) => groups.get(id)!);
    groups.set(made[0]!, { coarse: own[0]!.coarse, name: own.find(({ name }) => name !== null)?.name ?? null });
    for (const id of edit.groups) groups.delete(id);
    for (const [id, group] of of) if (edit.groups.includes(group)) of.set(id, made[0]!);
  } else if (edit.action === "split") {
    for (const id of made) groups.set(id, { coarse: groups.get(edit.group)!.coarse, name: null });
    groups.delete(edit.group);
    for (const id of idsWhere(of, edit.group)) {
      const part = edit.parts.findIndex((ids) => Array.from(ids).includes(id));
      of.set(id, part < 0 ? made.at(-1)! : made[part]!);
    }
  } else if (edit.action === "assign") {
    const ids = Array.from(edit.ids);
    if (edit.group === "new") groups.set(made[0]!, { coarse: coarse.get(ids[0]!)!, name: edit.name ?? null });
    for (const id of ids) of.set(id, edit.group === "new" ? made[0]! : (edit.group ?? 0));
  } else if (edit.action === "propose") propose(model, edit, made);
  return model;
}

function relabel({ of, coarse, groups, dropped }: Model, ids: readonly number[], to: string) {
  const left = new Set<number>();
  for (const id of ids) {
    if (coarse.get(id) === to) continue;
    const group = of.get(id)!;
    const live = idsWhere(of, group).filter((own) => !dropped.has(own));
    if (group > 0 && live.length > 0 && live.every((own) => ids.includes(own))) {
      groups.get(group)!.coarse = to;
      for (const own of idsWhere(of, group)) coarse.set(own, to);
    } else left.add(id);
  }
  for (const id of left) {
    of.set(id, 0);
    coarse.set(id, to);
  }
}

function propose({ of, coarse, groups }: Model, { proposal, replaceNamed }: ProposeEdit, made: readonly number[]) {
  const names = proposal.classes.map((own) => own.coarse!);
  for (const [id, group] of groups) {
    if (names.includes(group.coarse) && (replaceNamed || group.name === null)) groups.delete(id);
  }
  for (const [id, group] of of) if (!groups.has(group)) of.set(id, 0);
  const each = made.length / names.length;
  for (const [place, id] of made.entries()) groups.set(id, { coarse: names[Math.floor(place / each)]!, name: null });
  proposal.ids.forEach((id, row) => {
    const place = proposal.groups[row]!;
    const fits = coarse.get(id) === names[Math.floor(proposal.likely[row]! / each)];
    if (of.get(id) === 0 && fits) of.set(id, place < 0 ? 0 : made[place]!);
  });
}

function compare({ rows: { groups, coarse } }: Collection, model: Model): void {
  expect([...groups.of]).toEqual([...model.of.values()]);
  expect(Array.from(coarse.numbers, (number) => coarse.names[number])).toEqual([...model.coarse.values()]);
  const live = new Map([...model.of].filter(([id]) => !model.dropped.has(id)));
  // Whatever happened: an image has the class of its group.
  for (const [id, group] of model.of) if (group > 0) expect(model.coarse.get(id)).toBe(model.groups.get(group)!.coarse);
  const expected = [...model.groups]
    .map(([id, own]) => ({ id, ...own, size: idsWhere(live, id).length }))
    .filter(({ id, name }) => name !== null || idsWhere(model.of, id).length > 0)
    .sort((a, b) => a.id - b.id);
  expect(groups.list.map(({ proposed: _, ...own }) => own)).toEqual(expected);
}

const step = fc.tuple(fc.integer({ min: 0, max: 13 }), fc.nat(999), fc.nat(999));

test("any actions, undone and redone, after restarts too, give what a plain model gives", {
  timeout: 120_000,
}, async () => {
  let [actions, moves] = [0, 0];
  const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30, size: "max" }), async (steps) => {
    const folder = temporaryFolder();
    await writeSample(folder, [rows], { trained: 1, frozen: 1 });
    let editor = await editCollection(folder);
    const done = [copy(start)];
    const undone: Model[] = [];
    const everMade = new Set<number>();
    for (const [kind, a, b] of steps) {
      if (kind <= 7 || kind >= 12) {
        const edit = editOf(done.at(-1)!, kind, a, b);
        if (!edit) continue;
        const entry = await editor.apply(edit);
        const made = groupsMade(entry);
        if (edit.action === "relabel" && entry.values.groups) moves++;
        for (const id of made) expect(everMade.has(id)).toBe(false);
        for (const id of made) everMade.add(id);
        done.push(applied(done.at(-1)!, edit, made));
        undone.length = 0;
        actions++;
      } else if (kind <= 9) {
        expect((await editor.undo()) === undefined).toBe(done.length === 1);
        if (done.length > 1) undone.push(done.pop()!);
      } else if (kind === 10) {
        expect((await editor.redo()) === undefined).toBe(undone.length === 0);
        if (undone.length > 0) done.push(undone.pop()!);
      } else {
        await editor.close();
        editor = await editCollection(folder);
      }
      compare(editor.collection, done.at(-1)!);
    }
    await editor.close();
    compare(await openCollection(folder), done.at(-1)!);
  });
  await fc.assert(property, { numRuns: 30 });
  expect(actions).toBeGreaterThan(200);
  expect(moves).toBeGreaterThan(5);
});
