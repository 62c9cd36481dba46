import { editCollection, groupsMade } from "../collection/index.ts";
import { counted, fail, printable } from "../core/index.ts";
import { type ClassOfGroups, type GroupScores, proposeForCollection } from "../curate/index.ts";
import { showEvalProgress } from "./eval-progress.ts";
import { checkLists, type ListFlags, writeLists } from "./group-lists.ts";
import { isAboutPairs, type PairFlags, pairsCommand } from "./pairs.ts";
import { interruptibly } from "./signals.ts";
import type { Terminal } from "./terminal.ts";
import { kindOf } from "./vector-kind.ts";

export interface GroupsFlags extends ListFlags, PairFlags {
  readonly by?: string;
  readonly coarse?: readonly string[];
  readonly seed: string;
  readonly replaceNamed?: boolean;
}

export async function groupsCommand(folder: string, flags: GroupsFlags, terminal: Terminal): Promise<void> {
  const [by, seed, replaceNamed] = [kindOf(flags.by ?? "frozen"), seedOf(flags.seed), flags.replaceNamed];
  const coarse = flags.coarse?.map((name) => (name === "" ? null : name));
  if (isAboutPairs(flags)) return pairsCommand(folder, flags, { coarse, seed }, terminal);
  await checkLists(flags);
  const editor = await editCollection(folder);
  let inForce = false;
  const onFirst = (signal: string) => {
    const what = inForce ? "the groups are in force; lists may be missing" : "nothing was changed";
    terminal.err(`\n${signal}: stopping; ${what}\n`);
  };
  try {
    await interruptibly(onFirst, async (signal) => {
      const shown = showEvalProgress(terminal);
      const progress = (now: { done: number; total: number }) => shown.show("groups", { phase: "classes", ...now });
      const found = await proposeForCollection(editor.collection, { by, coarse, seed, replaceNamed, signal, progress });
      shown.clear();
      const { proposal } = found;
      const entry = await editor.apply({ action: "propose", proposal, ...(replaceNamed && { replaceNamed }) });
      inForce = true;
      const classes = withIds(found.classes, groupsMade(entry));
      await writeLists(editor.collection, flags, terminal);
      if (flags.json) terminal.out(`${JSON.stringify({ action: entry.n, by, seed, classes })}\n`);
      else terminal.out(textOf(classes));
    });
  } finally {
    await editor.close();
  }
}

function seedOf(text: string): number {
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  return fail("usage", { where: "--seed", expected: "a whole number", found: JSON.stringify(text) });
}

/** Each group with its id in the collection. */
function withIds(classes: readonly ClassOfGroups[], made: readonly number[]) {
  let next = 0;
  return classes.map((own) => ({ ...own, groups: own.groups.map((group) => ({ id: made[next++]!, ...group })) }));
}

const reasons = {
  groups: "",
  "one-gaussian": "no more parts than one Gaussian has",
  "too-few": "too few images to tell",
  "small-groups": "every cut leaves a group too small",
} as const;

function textOf(classes: ReturnType<typeof withIds>): string {
  const lines = classes.flatMap(({ coarse, images, groups, unsure, reason, scores }) => {
    const count = groups.length === 1 ? `one group (${reasons[reason]})` : counted(groups.length, "group");
    const tray = unsure > 0 ? `, ${unsure} not sure` : "";
    const own = groups.map(({ id, size, foundAgain }) => {
      return `  ${id}: ${counted(size, "image")}${foundAgain === undefined ? "" : `, found again ${foundAgain.toFixed(2)}`}`;
    });
    const title = `${printable(coarse ?? "(no coarse class)")}: ${counted(images, "image")}, ${count}${tray}`;
    return [title, ...own, ...(scores ? [scoreLine(scores)] : [])];
  });
  return `${lines.join("\n")}\n`;
}

const scoreLine = ({ ami, ari, accuracy, found, true: known }: GroupScores) =>
  `  against ${counted(known, "fine label")}: ${counted(found, "group")}, AMI ${ami.toFixed(3)}, ARI ${ari.toFixed(3)}, accuracy ${accuracy.toFixed(3)}`;
