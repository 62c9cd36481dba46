import { loader, sourceFile } from "./source-program.ts";

/** Parameters with which Node runs `maskcon`. */
export const commandLine: readonly string[] = [...loader, sourceFile("src/cli/main.ts")];
