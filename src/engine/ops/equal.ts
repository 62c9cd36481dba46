import { elementwise } from "./elementwise.ts";

export const equal = elementwise("equal", "Equal", undefined, "bool");
