import { expect, it } from "vitest";
import { breakable, escapeHtml, grouped, html, percent, scriptJson, trusted } from "./html.ts";

it("escapes what is put in, and only once", () => {
  const name = `<b title="x" id='y'>&`;
  const escaped = "&#60;b title=&#34;x&#34; id=&#39;y&#39;&#62;&#38;";
  expect(html`<p>${name}</p>`.text).toBe(`<p>${escaped}</p>`);
  expect(html`<p>${html`<i>${name}</i>`}${[name, 3]}</p>`.text).toBe(`<p><i>${escaped}</i>${escaped}3</p>`);
  expect(html`${trusted("<svg>")}${undefined}${false}${0}`.text).toBe("<svg>0");
  expect(breakable("a_<b").text).toBe("a_<wbr>&#60;b");
});

it("drops characters that would break or turn the text", () => {
  expect(escapeHtml("a\u0000b\u202ec\u009dd\ne\u2028f\ud800g")).toBe("abcd ef\ufffdg");
});

it("writes JSON that cannot leave its script element", () => {
  const value = { a: "</script><script>", b: "<!--" };
  expect(scriptJson(value).text).not.toContain("<");
  expect(JSON.parse(scriptJson(value).text)).toEqual(value);
});

it("writes shares and counts for readers", () => {
  expect([percent(0.1234), percent(undefined), percent(Number.NaN)]).toEqual(["12.3", "–", "–"]);
  expect([7, 1234, 1234567].map(grouped)).toEqual(["7", "1\u202f234", "1\u202f234\u202f567"]);
});
