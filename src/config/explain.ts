import type { z } from "zod";
import { didYouMean, type Failure } from "../core/index.ts";

type Issue = z.core.$ZodIssue;

export const kebab = (key: string): string => key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

/** The first issue of a failed parse as a failure: where it was written, what was allowed, what was given. */
export function explain(
  error: z.ZodError,
  values: Readonly<Record<string, unknown>>,
  place: (key: string) => string,
): Failure {
  const issue = error.issues[0]!;
  const key = String(issue.path[0] ?? "");
  const found = values[key];
  const fix = typeof found === "string" ? didYouMean(found, choices(issue)) : undefined;
  return { where: place(key), expected: expected(issue), found: shown(found), fix };
}

const MOST_SHOWN = 80;

/** A value of a setting, cut to a length that fits a message; of lists and objects only their kind. */
export function shown(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

const strings = (issue: Issue & { code: "invalid_value" }) => issue.values.map(String);

function choices(issue: Issue): string[] {
  if (issue.code === "invalid_union") return issue.errors.flatMap(([first]) => (first ? choices(first) : []));
  return issue.code === "invalid_value" ? strings(issue) : [];
}

function expected(issue: Issue): string {
  switch (issue.code) {
    case "too_small":
      return issue.origin === "string"
        ? "some text"
        : `a number ${issue.inclusive ? "of at least" : "above"} ${issue.minimum}`;
    case "too_big":
      return `a number ${issue.inclusive ? "of at most" : "below"} ${issue.maximum}`;
    case "invalid_value":
      return `one of ${strings(issue).join(", ")}`;
    case "invalid_type":
      return names[issue.expected] ?? issue.expected;
    default:
      return issue.message;
  }
}

const names: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a finite number",
  string: "text",
  boolean: "true or false",
};
