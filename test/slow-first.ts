import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take a minute or more, longest first: begun last, one of them would run alone in the end. */
const slow = [
  "test/golden/trajectories.test.ts",
  "test/docs/blocks.test.ts",
  "test/browser/browser.test.ts",
  "test/golden/imports.test.ts",
  "test/conformance/webgpu.test.ts",
  "test/packaging/package.test.ts",
  "src/cli/end-to-end.test.ts",
  "src/train/resume.test.ts",
  "test/conformance/cpu.test.ts",
  "test/conformance/controls.test.ts",
];

export default class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = slow.findIndex((file) => moduleId.endsWith(file));
      return found < 0 ? slow.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}
