/** The first page of the API reference: every export by area, with the first sentence of its docstring. */
import { Comment, type DeclarationReflection, type ProjectReflection, type Reflection, ReflectionKind } from "typedoc";
import { table } from "./configuration-tables.ts";

/** @param linkTo the address of an export, relative to the page */
export function apiIndex(project: ProjectReflection, linkTo: (target: Reflection) => string): string {
  const sections = (project.children ?? []).map((page) => {
    const rows = (page.children ?? []).map((child) => [
      `[${titleOf(child)}](${linkTo(target(child))})`,
      firstSentence(child),
    ]);
    return `## [${page.name}](${linkTo(page)})\n\n${textOf(page.comment)}\n\n${table(["export", "what it is"], rows)}\n`;
  });
  return [`# ${project.name}\n`, INTRODUCTION, ...sections].join("\n");
}

const INTRODUCTION = `What a program imports from \`maskcon\`, and from \`maskcon/browser\` in a page. The README and the guides
show how it is used; the [architecture](../architecture.md) says where it lies.
`;

const titleOf = (child: DeclarationReflection): string =>
  target(child).kindOf(ReflectionKind.Function) ? `${child.name}()` : child.name;

/** What a name of `maskcon/browser` stands for. */
const target = (child: DeclarationReflection): DeclarationReflection =>
  child.isReference() ? (child.getTargetReflectionDeep() as DeclarationReflection) : child;

function firstSentence(child: DeclarationReflection): string {
  const [comment] = commentsOf(target(child));
  return /^.*?\.(?= [A-Z`]|$)/.exec(textOf(comment).replaceAll(/\s+/g, " "))?.[0] ?? textOf(comment);
}

/** The docstrings of an export: of its signatures where it is a function. */
export const commentsOf = ({ comment, signatures = [] }: DeclarationReflection): Comment[] =>
  [comment, ...signatures.map((signature) => signature.comment)].filter((one) => one !== undefined);

const textOf = (comment: Comment | undefined): string =>
  comment ? Comment.combineDisplayParts(comment.summary).split("\n\n")[0]!.trim() : "";
