import { createHash } from "node:crypto";
import { html, type Markup, type Part, trusted } from "./html.ts";
import { STYLE } from "./style.ts";

interface Page {
  readonly title: string;
  readonly body: Part;
  /** The only script that may run; nothing of it may come from the user. */
  readonly script?: string;
}

/**
 * A whole HTML page in one file. Its policy forbids every request: images are data URIs, styles stand in it, and no script
 * runs but the one named by its digest.
 */
export function page({ title, body, script }: Page): string {
  const digest = script === undefined ? "'none'" : `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${digest}; base-uri 'none'; form-action 'none'`;
  const whole: Markup = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><title>${title}</title><style>${trusted(STYLE)}</style></head>
<body>${body}
${script !== undefined && html`<script>${trusted(script)}</script>`}</body></html>
`;
  return whole.text;
}
