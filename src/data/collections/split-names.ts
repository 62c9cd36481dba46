export type SplitName = "train" | "test" | "validation";

/** What files, folders and rows call the splits. */
const splits: ReadonlyMap<string, SplitName> = new Map([
  ["train", "train"],
  ["training", "train"],
  ["test", "test"],
  ["validation", "validation"],
  ["valid", "validation"],
  ["val", "validation"],
  ["dev", "validation"],
]);
const word = new RegExp(`(?<!\\p{L})(?:${[...splits.keys()].join("|")})(?!\\p{L})`, "giu");

/** The words, for messages. */
export const splitWords = [...splits.keys()].join(", ");

/** The split that the whole name is a word for. */
export const splitCalled = (name: string): SplitName | undefined => splits.get(name.toLowerCase());

const others = ["testing", "eval", "evaluation", "holdout"];
const BESIDE = "(?:[-_ ]?(?:set|data|images?|imgs?|pictures|split))?";
const likeTrain = new RegExp(`^(?:train|training)${BESIDE}$`, "i");
const likeTest = new RegExp(
  `^(?:${[...splits.keys(), ...others].filter((name) => !likeTrain.test(name)).join("|")})${BESIDE}$`,
  "i",
);

/** Two of the names that people mean as splits, for training and for anything else, if both are among them. */
export function splitsAmong(names: Iterable<string>): [train: string, test: string] | undefined {
  const all = [...names];
  const train = all.find((name) => likeTrain.test(name));
  const test = all.find((name) => likeTest.test(name));
  return train === undefined || test === undefined ? undefined : [train, test];
}

/** The split that a name begins with: `train-00000-of-00002`. */
export const splitBegun = (name: string): SplitName | undefined =>
  name.search(word) === 0 ? splitCalled(name.match(word)![0]!) : undefined;

/** The last split that stands between other things than letters: `train` in `dev-kit-train-000000.tar`. */
export const splitWithin = (name: string): SplitName | undefined => splitCalled(name.match(word)?.at(-1) ?? "");

/** What images of a split are for; those aside are left out. */
export type SplitRole = "train" | "test" | "aside";

/** What each split of a set is for: validation is the test split where there is no other, and aside where there is. */
export function splitRoles(names: Iterable<SplitName | undefined>): (name: SplitName) => SplitRole {
  const tests = new Set(names).has("test");
  return (name) => (name !== "validation" ? name : tests ? "aside" : "test");
}
