/** The pages of `docs/api`, from the docstrings of what is public. Run as a program it writes them there. */
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Application,
  Comment,
  Converter,
  DeclarationReflection,
  ProjectReflection,
  type Reflection,
  ReflectionKind,
  type TypeDocOptions,
} from "typedoc";
import { MarkdownPageEvent, type PluginOptions } from "typedoc-plugin-markdown";
import { areas, browserArea } from "./api-areas.ts";
import { apiIndex } from "./api-index.ts";

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

export const apiFolder = at("docs/api");

const MARK = "<!-- Written by `npm run docs` from the docstrings. -->";

/** Nothing links to rows of tables, and to other headings than those of exports. */
const UNUSED_ANCHOR = /<a id="[^"]*"><\/a>(?: |\n+(?!\n|### ))/g;

const options: Partial<TypeDocOptions & PluginOptions> = {
  entryPoints: [at("src/index.ts"), at("src/browser.ts")],
  tsconfig: at("scripts/api-tsconfig.json"),
  plugin: [fileURLToPath(import.meta.resolve("typedoc-plugin-markdown"))],
  logLevel: "Warn",
  name: "API reference",
  readme: "none",
  // Lines and commits would change with every edit.
  disableSources: true,
  excludeExternals: true,
  // `npm run check` compiles everything.
  skipErrorChecking: true,
  validation: { notExported: true, invalidLink: false, invalidPath: false, notDocumented: false },
  intentionallyNotExported: [
    // The compiler's own: `openTrunk` and `openTail` make a `TrainedTrunk`, and nobody else writes one.
    "maskcon/src/engine/graph/graph.ts:Graph",
    "maskcon/src/engine/graph/graph.ts:Value",
  ],
  sort: ["alphabetical"],
  sortEntryPoints: false,
  groupOrder: ["Functions", "Variables", "Classes", "Interfaces", "Type Aliases"],
  outputFileStrategy: "modules",
  // TypeDoc numbers equal names otherwise than GitHub numbers its own anchors.
  useHTMLAnchors: true,
  anchorPrefix: "api-",
  useCodeBlocks: true,
  expandParameters: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  typeAliasPropertiesFormat: "table",
  typeDeclarationFormat: "table",
  tableColumnSettings: { hideModifiers: true, hideInherited: true, hideOverrides: true, leftAlignHeaders: true },
};

interface Read {
  readonly app: Application;
  readonly project: ProjectReflection;
}

/** Reads the docstrings of both entry points, divided into areas. Every type that they name must be exported, too. */
async function readPublic(): Promise<Read> {
  const app = await Application.bootstrapWithPlugins(options);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => divide(project), 1000);
  const project = await app.convert();
  if (project) app.validate(project);
  if (!project || app.logger.hasErrors() || app.logger.hasWarnings()) {
    throw new Error("docs/api: TypeDoc has complaints, which it printed");
  }
  return { app, project };
}

/** Gives every area a page, with the exports of `src/index.ts` that lie in its folders. */
function divide(project: ProjectReflection): void {
  const [index, browser] = project.children as [DeclarationReflection, DeclarationReflection];
  for (const { name, summary, folders } of areas) {
    const page = new DeclarationReflection(name, ReflectionKind.Module, project);
    describe(page, summary);
    project.registerReflection(page, undefined, undefined);
    project.addChild(page);
    for (const child of (index.children ?? []).filter((child) => folders.includes(folderOf(child)))) {
      index.removeChild(child);
      child.parent = page;
      page.addChild(child);
    }
  }
  const [left] = index.children ?? [];
  if (left) throw new Error(`scripts/api-areas.ts: no area has src/${folderOf(left)}, where ${left.name} lies`);
  project.removeReflection(index);
  // The last page.
  project.removeChild(browser);
  project.addChild(browser);
  browser.name = browserArea.name;
  describe(browser, browserArea.summary);
}

function describe(page: DeclarationReflection, summary: string): void {
  page.comment = new Comment([{ kind: "text", text: summary }]);
}

/** The folder of `src` that declares it. */
function folderOf(reflection: DeclarationReflection): string {
  const { fileName = "" } = reflection.project.getSymbolIdFromReflection(reflection) ?? {};
  return relative(at("src"), fileName).split(sep)[0]!;
}

/** Writes the pages into a folder, and removes what else is in it. */
export async function writePages(folder: string): Promise<Read> {
  const { app, project } = await readPublic();
  app.options.setValue("out", folder);
  app.renderer.on(MarkdownPageEvent.END, (page) => {
    const linkTo = (target: Reflection) => app.renderer.router!.getFullUrl(target);
    const text = page.model instanceof ProjectReflection ? apiIndex(page.model, linkTo) : (page.contents ?? "");
    page.contents = `${MARK}\n\n${text.replaceAll(UNUSED_ANCHOR, "")}`;
  });
  await app.generateOutputs(project);
  return { app, project };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writePages(apiFolder);
