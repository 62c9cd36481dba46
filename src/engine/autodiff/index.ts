export { gradients } from "./reverse.ts";
