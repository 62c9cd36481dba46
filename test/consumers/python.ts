import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Debian's own before the one on the PATH, which may be another without Debian's packages. */
const candidates = [process.env.MASKCON_PYTHON ?? "/usr/bin/python3", "python3"];

/**
 * The first Python 3 that imports these modules. Where there is none it is said on the console; the tests that need one
 * put `missing` into their names.
 */
export function pythonWith(...modules: string[]): { path: string | undefined; missing: string } {
  const path = candidates.find((candidate) => {
    const { status } = spawnSync(candidate, ["-c", `import ${modules.join(", ")}`]);
    return status === 0;
  });
  if (path) return { path, missing: "" };
  const missing = `SKIPPED: no python3 imports ${modules.join(" and ")} (set MASKCON_PYTHON to the path of one that does)`;
  console.warn(missing);
  return { path, missing: `; SKIPPED: no python3 imports ${modules.join(" and ")}` };
}

/** Runs a script of tools/reference. */
export function runPython(python: string, script: string, args: readonly string[]) {
  const file = fileURLToPath(new URL(`../../tools/reference/${script}`, import.meta.url));
  // Python leaves no __pycache__ beside the scripts.
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  return spawnSync(python, [file, ...args], { encoding: "utf8", maxBuffer: 2 ** 26, env });
}

/** What check_onnx.py found, a line a check. That it failed or crashed is a finding too. */
export function checkOnnx(python: string, args: readonly string[]): string[] {
  const { status, signal, stdout, stderr } = runPython(python, "check_onnx.py", args);
  const findings = stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as { check: string; problem: string | null })
    .map(({ check, problem }) => `${check}: ${problem ?? "ok"}`);
  return status === 0 ? findings : [...findings, `ended with ${signal ?? status}: ${stderr.trim().slice(-500)}`];
}
