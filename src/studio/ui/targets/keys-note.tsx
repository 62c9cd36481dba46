import { useId } from "preact/hooks";
import type { By, TargetSettings } from "../../protocol.ts";
import type { TargetKeys } from "./use-target-keys.ts";

interface KeysNoteProps {
  readonly known: TargetSettings;
  readonly by: By;
  readonly setBy: (by: By) => void;
  /** undefined: they are not there yet, or cannot be had. */
  readonly keys: TargetKeys | undefined;
}

/** Says which vectors stand for the keys, and what is otherwise in training. */
export function KeysNote({ known, by, setBy, keys }: KeysNoteProps) {
  const id = useId();
  const { queueSize, embeddingDim, maskOwnKeys, positiveOwnKeys } = known.settings ?? {};
  const isLeftIn = maskOwnKeys === "false" && positiveOwnKeys === "false";
  return (
    <div class="keys-note">
      <span class="choice">
        <label for={id}>vectors that stand for the keys</label>
        <select {...{ id, value: by }} onChange={(event) => setBy(event.currentTarget.value as By)}>
          <option value="trained">trained</option>
          <option value="frozen">before training</option>
        </select>
      </span>
      <details>
        <summary>How this differs from a step of training</summary>
        <ul>
          <li>
            Here a key is the vector of the picture as it is, by the {by === "trained" ? "trained" : "untrained"}{" "}
            encoder. In training it is the projection{embeddingDim && ` to ${embeddingDim} numbers`} of a changed view,
            by the encoder that follows slowly. So the shares show how T and w act, not the numbers of one step.
          </li>
          <li>
            Here the queue has all {keys?.queue.toLocaleString("en")} other training images. In training it has the last{" "}
            {queueSize ?? "K"} keys, some of them older.
          </li>
          <li>
            Here the image's own earlier key is left out.{" "}
            {isLeftIn && "This run left it in: with a large queue it was the nearest entry."}
          </li>
          <li>
            {known.run
              ? `T and w are those of ${known.run}.`
              : "T and w of the run are not known: start with --runs DIR, where DIR has the run."}{" "}
            On the run's own keys, <code>maskcon diagnose</code> measures the same distances.
          </li>
        </ul>
      </details>
    </div>
  );
}
