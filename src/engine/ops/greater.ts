import { elementwise } from "./elementwise.ts";

export const greater = elementwise("greater", "Greater", undefined, "bool");
