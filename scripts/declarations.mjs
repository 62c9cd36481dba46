/**
 * Writes the public declarations: what `dist/index.d.ts` and `dist/browser.d.ts` export, what these need, and nothing else.
 * TypeScript's own, one beside each source file, would hand every internal type to whoever compiles against the package.
 */
import { fileURLToPath } from "node:url";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const isOurs = (id) => /^[./]|^[A-Za-z]:/.test(id);

const bundle = await rollup({
  input: { index: at(".cache/declarations/index.d.ts"), browser: at(".cache/declarations/browser.d.ts") },
  external: (id) => !isOurs(id),
  plugins: [dts()],
  onwarn: ({ message }) => {
    throw new Error(message);
  },
});
const options = { dir: at("dist"), entryFileNames: "[name].d.ts", chunkFileNames: "shared.d.ts" };
const { output } = await bundle.write(options);
await bundle.close();

const chunks = new Set(output.map(({ fileName }) => fileName));
for (const { fileName, imports } of output) {
  const foreign = imports.find((name) => !chunks.has(name));
  if (foreign) throw new Error(`dist/${fileName}: expected types of this package alone, found an import of ${foreign}`);
}
