import { z } from "zod";
import { type CollectionEdit, labelsAt, rowStatuses } from "../../collection/index.ts";
import { bodyUpTo, jsonBody, type ServerApp } from "../../http/index.ts";
import {
  type ActionsAnswer,
  columnNames,
  type GroupEntry,
  type ImageDetails,
  type StepAnswer,
  type StudioState,
  type StudioVersion,
} from "../protocol.ts";
import { positionIn, type StudioContext } from "./context.ts";

/** Ids of a million images. */
const MOST_ACTION_BYTES = 2 ** 24;
const SHOWN_ACTIONS = 500;

const ids = z.array(z.int());
/** Those of a page; what else they hold is checked by the action's own schema. */
const pageAction = z.union([
  z.looseObject({ action: z.enum(["relabel", "drop", "restore", "keep", "assign"]), ids }),
  z.looseObject({ action: z.literal("split"), parts: z.array(ids) }),
  z.looseObject({ action: z.enum(["name", "merge"]) }),
]);

/** What is in the collection, and the actions that change it. */
export function collectionRoutes(app: ServerApp, context: StudioContext): void {
  const { editor } = context;
  app.get("/api/state", (c) => c.json(stateOf(context)));
  app.get("/api/version", (c) => {
    c.header("Cache-Control", "no-store");
    return c.json({ version: context.version() } satisfies StudioVersion);
  });
  app.get("/api/columns", (c) => {
    c.header("Cache-Control", "no-store");
    return c.body(columnsOf(context), 200, { "Content-Type": "application/octet-stream" });
  });
  app.get("/api/actions", (c) => {
    c.header("Cache-Control", "no-store");
    const actions = editor.collection.pastActions(SHOWN_ACTIONS + 1);
    const more = actions.length > SHOWN_ACTIONS;
    return c.json({ actions: actions.slice(0, SHOWN_ACTIONS), more } satisfies ActionsAnswer);
  });
  app.get("/api/images/:id", (c) => c.json(detailsOf(context, positionIn(context, c.req.param("id")))));
  app.post("/api/actions", bodyUpTo(MOST_ACTION_BYTES), async (c) => {
    const action = await jsonBody(c, pageAction, "an action of the journal");
    await context.change(() => editor.apply(action as unknown as CollectionEdit));
    return c.json(stateOf(context));
  });
  for (const step of ["undo", "redo"] as const) {
    app.post(`/api/${step}`, async (c) => {
      const past = step === "undo" ? editor.collection.undoable : editor.collection.redoable;
      if (!past) return c.json({ ...stateOf(context), taken: null } satisfies StepAnswer);
      let taken: unknown;
      await context.change(async () => {
        taken = (await editor[step]())?.values.of;
      });
      // Another page may have been a moment faster.
      const text = taken === undefined ? null : past.n === taken ? past.text : `action ${taken}`;
      return c.json({ ...stateOf(context), taken: text } satisfies StepAnswer);
    });
  }
}

function stateOf(context: StudioContext): StudioState {
  const { collection } = context.editor;
  const { rows } = collection;
  const [newest] = rows.groups.proposals;
  return {
    ...{ folder: collection.folder, key: context.collectionKey, version: context.version() },
    ...{ coarse: rows.coarse.names, fine: rows.fine.names, split: rows.split.names },
    groups: groupsOf(context),
    proposedBy: newest === undefined ? null : collection.proposal(newest).by,
    undoable: collection.undoable?.text ?? null,
    redoable: collection.redoable?.text ?? null,
  };
}

function groupsOf({ editor }: StudioContext): GroupEntry[] {
  const { collection } = editor;
  const { rows } = collection;
  const numberOf = new Map(rows.coarse.names.map((name, number) => [name, number]));
  const foundAgain = new Map<string, readonly (number | null)[]>();
  const sharesOf = (proposal: string) => {
    const shares = foundAgain.get(proposal) ?? collection.proposal(proposal).classes.flatMap((own) => own.foundAgain);
    foundAgain.set(proposal, shares);
    return shares;
  };
  return rows.groups.list.map(({ id, coarse, name, size, proposed }) => ({
    ...{ id, name, size, coarse: coarse === null ? -1 : numberOf.get(coarse)! },
    foundAgain: proposed ? (sharesOf(proposed.proposal)[proposed.place] ?? null) : null,
  }));
}

function columnsOf({ editor }: StudioContext): Uint8Array<ArrayBuffer> {
  const { rows } = editor.collection;
  const columns = {
    ...{ ids: rows.ids, coarse: rows.coarse.numbers, fine: rows.fine.numbers, split: rows.split.numbers },
    group: rows.groups.of,
    confidence: Int32Array.from(rows.groups.confidence, (share) =>
      Number.isNaN(share) ? -1 : Math.round(1000 * share),
    ),
    status: Int32Array.from(rows.status),
  };
  const all = new Int32Array(columnNames.length * rows.length);
  columnNames.forEach((name, i) => {
    all.set(columns[name], i * rows.length);
  });
  return new Uint8Array(all.buffer);
}

function detailsOf({ editor }: StudioContext, position: number): ImageDetails {
  const { rows } = editor.collection;
  const group = rows.groups.list.find(({ id }) => id === rows.groups.of[position]);
  return {
    group: group ? (group.name ?? `Group ${group.id}`) : null,
    ...{ id: rows.ids[position]!, name: rows.names[position]!, ...labelsAt(rows, position) },
    status: rowStatuses[rows.status[position]!]!,
    ...{ width: rows.widths[position]!, height: rows.heights[position]! },
  };
}
