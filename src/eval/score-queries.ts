import type { Counter } from "./effort.ts";
import { groupsOf } from "./groups.ts";
import { forEachNearest, type NearestSearch } from "./nearest.ts";
import { depthFor, type QueryTable, queryTable, scoreQuery } from "./query-table.ts";
import type { Question } from "./recall.ts";

/** A question with the K it is asked at. */
interface ScoredQuestion extends Question {
  readonly ks: readonly number[];
}

/** The table of every question, from one search in the whole gallery and one in each group of a `within`. */
export async function scoreQueries(
  search: NearestSearch,
  n: number,
  questions: readonly ScoredQuestion[],
): Promise<QueryTable[]> {
  const tables = questions.map(({ ks }) => queryTable(n, ks));
  const asked = questions.map((question, i) => ({ ...question, table: tables[i]! }));
  const whole = asked.filter(({ within }) => within === undefined);
  if (whole.length > 0)
    await scoreAmong(
      search,
      Int32Array.from({ length: n }, (_, i) => i),
      whole,
    );
  for (const question of asked) {
    if (!question.within) continue;
    for (const members of groupsOf(question.within)) await scoreAmong(search, members, [question]);
  }
  return tables;
}

/** Pairs that `scoreQueries` compares. */
export function pairsToScore(n: number, questions: readonly Question[]): number {
  const groups = questions.flatMap(({ within }) => (within ? groupsOf(within) : []));
  const whole = questions.some(({ within }) => within === undefined) ? n * n : 0;
  return groups.reduce((sum, { length }) => sum + length * length, whole);
}

async function scoreAmong(
  search: NearestSearch & { counter?: Counter },
  members: Int32Array,
  questions: readonly (Question & { table: QueryTable })[],
): Promise<void> {
  const asked = questions.map(({ labels, table }) => {
    const own = members.map((row) => labels[row]!);
    return { labels: own, matches: matchesOf(own), table };
  });
  const depths = members.map((_, i) =>
    // No list is longer than the gallery; a larger K would not fit into 32 bits.
    asked.reduce(
      (most, { matches, table }) => Math.max(most, Math.min(members.length, depthFor(matches[i]!, table.ks))),
      0,
    ),
  );
  await forEachNearest({ ...search, members, depths }, (list) => {
    for (const { labels, matches, table } of asked) {
      scoreQuery(table, members[list.query]!, list, labels, matches[list.query]!);
    }
  });
}

/** R: how many others have each entry's label. */
function matchesOf(labels: Int32Array): Int32Array {
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  return labels.map((label) => sizes.get(label)! - 1);
}
