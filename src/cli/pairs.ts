import { openCollection } from "../collection/index.ts";
import { writeTextAtomically } from "../core/atomic-file.ts";
import { counted, fail } from "../core/index.ts";
import { drawPairs, type Estimate, type PairScores, pairsCsv, readPairs, scorePairs } from "../curate/index.ts";
import { checkNew } from "../export/index.ts";
import { readText } from "../formats/index.ts";
import { toCount } from "./config-options.ts";
import type { ListFlags } from "./group-lists.ts";
import type { Terminal } from "./terminal.ts";

export interface PairFlags {
  readonly pairs?: string;
  readonly count?: string;
  readonly answers?: string;
  readonly json?: boolean;
}

interface PairSettings {
  readonly coarse: readonly (string | null)[] | undefined;
  readonly seed: number;
}

const MOST_BYTES = 2 ** 26;

/** Flags of proposals, which have no meaning beside pairs. */
interface ProposalFlags extends ListFlags {
  readonly by?: string;
  readonly replaceNamed?: boolean;
}

/** Whether pairs are asked for, or answers given: no groups are proposed then. */
export function isAboutPairs(flags: PairFlags & ProposalFlags): boolean {
  const { pairs, answers, count, csv, parquet, by, replaceNamed } = flags;
  if (pairs === undefined && answers === undefined) {
    if (count !== undefined) fail("usage", { where: "--count", expected: "--pairs FILE with it", found: "none" });
    return false;
  }
  const others = {
    ...{ "--pairs": pairs, "--answers": answers, "--csv": csv, "--parquet": parquet, "--by": by },
    ...{ "--replace-named": replaceNamed, "--count": pairs === undefined ? count : undefined },
  };
  const given = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (given.length > 1) {
    fail("usage", { where: given.join(", "), expected: "--pairs or --answers alone", found: "both" });
  }
  return true;
}

export async function pairsCommand(
  folder: string,
  { pairs, answers, count, json }: PairFlags,
  { coarse, seed }: PairSettings,
  terminal: Terminal,
): Promise<void> {
  if (pairs !== undefined) {
    await checkNew(pairs);
    const number = count === undefined ? undefined : toCount("--count", count, 2);
    const drawn = drawPairs(await openCollection(folder), { count: number, seed, coarse });
    await writeTextAtomically(pairs, pairsCsv(drawn));
    const { images, inside, across } = drawn;
    if (json) terminal.out(`${JSON.stringify({ file: pairs, pairs: drawn.pairs.length, images, inside, across })}\n`);
    else
      terminal.out(`${counted(drawn.pairs.length, "pair")}: write yes, no or ? into the column "same" of ${pairs}\n`);
    return;
  }
  const text = await readText(answers!, MOST_BYTES);
  const filled = readPairs(text, answers!, await openCollection(folder), { coarse });
  const scores = scorePairs(filled.drawn, filled.answers);
  terminal.out(json ? `${JSON.stringify(scores)}\n` : textOf(scores));
}

function textOf({ inside, across, unsure, precision, recall, fineClasses }: PairScores): string {
  return [
    `${counted(inside.answered + across.answered, "pair")} answered, ${unsure} cannot say`,
    `  inside groups: ${inside.same} of ${inside.answered} of one fine class; across groups: ${across.same} of ${across.answered}`,
    `  precision of pairs: ${shown(precision, 3)}`,
    `  recall of pairs: ${shown(recall, 3)}`,
    `  fine classes in a coarse class (effective number): ${shown(fineClasses, 1)}`,
    "",
  ].join("\n");
}

const shown = (estimate: Estimate | undefined, digits: number): string => {
  if (!estimate) return "no estimate";
  const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((number) => number.toFixed(digits));
  return `${value} (95 %: ${low} to ${high})`;
};
