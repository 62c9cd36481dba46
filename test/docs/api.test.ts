import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Application,
  Comment,
  DeclarationReflection,
  FileRegistry,
  Logger,
  ProjectReflection,
  ReflectionKind,
} from "typedoc";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commentsOf } from "../../scripts/api-index.ts";
import { apiFolder, writePages } from "../../scripts/api-reference.ts";

let folder: string;
let app: Application;
let project: ProjectReflection;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-api-"));
  ({ app, project } = await writePages(folder));
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pagesIn = (place: string) =>
  Object.fromEntries(readdirSync(place).map((name) => [name, readFileSync(join(place, name), "utf8")]));

test("docs/api is what the docstrings give (npm run docs)", () => {
  const [found, expected] = [pagesIn(apiFolder), pagesIn(folder)];
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  for (const [name, page] of Object.entries(expected)) expect(found[name], name).toBe(page);
});

/** Exports, their methods, and the properties of their options that have no docstring of their own. */
function undocumented(project: ProjectReflection): string[] {
  const isSilent = (one: DeclarationReflection) =>
    commentsOf(one).every(({ summary, inheritedFromParentDeclaration }) => {
      return summary.length === 0 || (inheritedFromParentDeclaration && one.parent?.kindOf(ReflectionKind.Module));
    });
  const exported = (project.children ?? []).flatMap((page) => page.children ?? []).filter((one) => !one.isReference());
  const members = exported.flatMap((one) =>
    (one.children ?? []).filter(
      (member) =>
        member.kindOf(ReflectionKind.Method) ||
        (member.kindOf(ReflectionKind.Property) && one.name.endsWith("Options")),
    ),
  );
  return [...exported, ...members].filter(isSilent).map((one) => one.getFullName());
}

test("what is public has a docstring, and so has every method and every option", () => {
  expect(undocumented(project)).toEqual([]);
});

test("every parameter has a name, one that is taken apart by its @param", () => {
  const nameless = Object.entries(pagesIn(folder)).filter(([, page]) => page.includes("__namedParameters"));
  expect(nameless.map(([name]) => name)).toEqual([]);
});

test("what has no docstring is found", () => {
  const kinds = ReflectionKind;
  const other = new ProjectReflection("other", new FileRegistry());
  const child = (parent: DeclarationReflection | ProjectReflection, name: string, kind: ReflectionKind, text = "") => {
    const one = new DeclarationReflection(name, kind, parent);
    if (text) one.comment = new Comment([{ kind: "text", text }]);
    parent.addChild(one);
    return one;
  };
  const page = child(other, "page", kinds.Module);
  child(page, "silent", kinds.Variable);
  child(page, "loud", kinds.Variable, "Says it.");
  const inherited = child(page, "Inherited", kinds.Interface, "Another's.");
  inherited.comment!.inheritedFromParentDeclaration = true;
  const options = child(page, "LoudOptions", kinds.Interface, "Says it.");
  child(options, "loud", kinds.Property, "Says it.");
  child(options, "silent", kinds.Property);
  const result = child(page, "Result", kinds.Interface, "Says it.");
  child(result, "silent", kinds.Property);
  child(result, "close", kinds.Method);
  expect(undocumented(other)).toEqual([
    "page.silent",
    "page.Inherited",
    "page.LoudOptions.silent",
    "page.Result.close",
  ]);
});

test("types of public signatures that are not exported are found", () => {
  // It counts, and prints nothing.
  const logger = new Logger();
  app.logger = logger;
  app.validate(project);
  expect(logger.validationWarningCount).toBe(0);
  app.options.setValue("intentionallyNotExported", []);
  app.validate(project);
  expect(logger.validationWarningCount).toBe(2);
});
