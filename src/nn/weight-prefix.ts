import { fail, type Shape } from "../core/index.ts";

const QUERY_ENCODER = "query_encoder.net.";

/**
 * What stands before torchvision's names: the prefix under which the file has most of them. Of a checkpoint with several
 * encoders the query encoder is meant: this project's `query_encoder.net.`, MoCo's `encoder_q.`.
 * @throws MaskconError "weights" where the file has several backbones, and none of them is the query encoder.
 */
export function prefixOf(
  names: readonly string[],
  expected: Readonly<Record<string, Shape>>,
  where: { where?: string },
): string {
  const longest = Math.max(0, ...Object.keys(expected).map((name) => name.length));
  const counts = new Map<string, number>();
  for (const name of names) {
    for (const prefix of prefixesOf(name, expected, longest)) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  const fullest = [...counts.keys()]
    .filter((prefix) => counts.get(prefix) === most)
    .sort((a, b) => a.length - b.length);
  const query = fullest.filter((prefix) => prefix === QUERY_ENCODER || /(^|\W)encoder_q\W$/.test(prefix));
  const [prefix = "", other] = query.length > 0 ? query : fullest;
  // The blocks of one network with other names share a few names too: `stage1.0.conv1.weight`, `stage1.1.conv1.weight`.
  if (other === undefined || most < Object.keys(expected).length / 2) return prefix;
  return fail("weights", {
    ...where,
    expected: "the weights of one backbone",
    found: `those of several, under ${[prefix, other].map((p) => (p ? `"${p}"` : "no prefix")).join(" and ")}`,
    fix: "keep one of them in the file",
  });
}

/** Every prefix that makes one of the expected names of this one. It ends where a word does: `encoder.`, `model/`, `m:`. */
function prefixesOf(name: string, expected: Readonly<Record<string, Shape>>, longest: number): string[] {
  const found: string[] = [];
  for (let at = Math.max(0, name.length - longest); at < name.length; at++) {
    const starts = at === 0 || /[^a-zA-Z0-9]/.test(name[at - 1]!);
    if (starts && Object.hasOwn(expected, name.slice(at))) found.push(name.slice(0, at));
  }
  return found;
}
