export { type ServeOptions, serveCollection } from "./serve.ts";
