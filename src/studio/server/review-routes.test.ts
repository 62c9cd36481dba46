import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sampleRow, writeSample } from "../../../test/collection-samples.ts";
import { writePageFiles } from "../../../test/page-files.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { random } from "../../core/index.ts";
import { normalizeRows } from "../../eval/index.ts";
import type { Listening } from "../../http/index.ts";
import type { ReviewAnswer } from "../protocol.ts";
import { startStudio } from "./start-studio.ts";

type Ready = Extract<ReviewAnswer, { state: "ready" }>;
const DIM = 8;
/** More same files than a list has. */
const SAME_FILES = 1101;
const ROWS = 1200;
/** Labelled as another class than their heap. */
const WRONG = [1150, 1153, 1156, 1159];
/** In a corner of its own. */
const FAR = [1170, 1171];

describe("what a review counts", () => {
  let server: Listening;
  beforeEach(async () => {
    const root = temporaryFolder();
    writePageFiles(root);
    const vectors = new Float32Array(ROWS * DIM);
    const rows = Array.from({ length: ROWS }, (_, row) => {
      const [id, rng] = [row + 1, random(7, row)];
      const far = FAR.indexOf(id);
      for (let d = 0; d < DIM; d++) {
        vectors[row * DIM + d] = 0.15 * rng.normal() + Number(d === (far < 0 ? id % 3 : 5 + far));
      }
      const same = id <= SAME_FILES ? { hash: "0".repeat(32), bytes: 1 } : {};
      return sampleRow(id, { coarse: `coarse ${(id + Number(WRONG.includes(id))) % 3}`, ...same });
    });
    const unit = normalizeRows(vectors, DIM);
    const sizes = { trained: DIM, frozen: DIM, vectors: unit, frozenVectors: unit };
    await writeSample(join(root, "collection"), [rows], sizes);
    server = await startStudio(join(root, "collection"), {
      ...{ host: "127.0.0.1", port: 0, threads: 1, page: join(root, "page"), log: (line) => expect.fail(line) },
    });
  });
  afterEach(() => server.close(0));

  async function review(): Promise<Ready> {
    for (;;) {
      const answer = (await (await fetch(`${server.url}/api/review?by=frozen`)).json()) as ReviewAnswer;
      if (answer.state === "ready") return answer;
      expect(answer.state).toBe("working");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const act = (action: object) => fetch(`${server.url}/api/actions`, { method: "POST", body: JSON.stringify(action) });
  const undo = () => fetch(`${server.url}/api/undo`, { method: "POST" });

  it("are all pairs, however many a list has, and the images of all pairs that are the same file", async () => {
    const { copies, totals, sameFiles } = await review();
    expect(copies).toHaveLength(1000);
    expect(totals).toMatchObject({ copies: SAME_FILES - 1, copiesAcrossSplits: expect.any(Number) });
    expect(totals.copiesAcrossSplits).toBeGreaterThan(100);
    expect(sameFiles.pairs).toBe(SAME_FILES - 1);
    expect(new Set(sameFiles.drop).size).toBe(SAME_FILES - 1);
    await act({ action: "drop", ids: sameFiles.drop });
    expect(await review()).toMatchObject({ totals: { copies: 0 }, sameFiles: { pairs: 0, drop: [] } });
  });

  it("are estimates that fall with every decision on what they count, and rise when it is undone", async () => {
    const { wrongLabels, unusual, labels, outliers } = await review();
    expect(wrongLabels).toBeGreaterThanOrEqual(3);
    expect(unusual).toBeGreaterThanOrEqual(2);
    const [first, second, third] = labels;
    await act({ action: "keep", kind: "label", ids: [first!.id] });
    await act({ action: "relabel", ids: [second!.id], coarse: second!.suggested });
    expect((await review()).wrongLabels).toBe(wrongLabels - 2);
    await act({ action: "drop", ids: [third!.id] });
    expect((await review()).wrongLabels).toBe(wrongLabels - 3);
    for (let i = 0; i < 3; i++) await undo();
    expect((await review()).wrongLabels).toBe(wrongLabels);
    // One of which nobody thought that it is wrong.
    await act({ action: "keep", kind: "label", ids: [labels.at(-1)!.id] });
    await act({ action: "keep", kind: "outlier", ids: [outliers.at(-1)!.id] });
    expect(await review()).toMatchObject({ wrongLabels, unusual });
    await act({ action: "keep", kind: "outlier", ids: [outliers[0]!.id] });
    expect((await review()).unusual).toBe(unusual - 1);
  });
});
