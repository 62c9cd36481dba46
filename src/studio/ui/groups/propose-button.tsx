import { useEffect, useState } from "preact/hooks";
import type { By, ProposeProgress, ProposeQuestion } from "../../protocol.ts";
import { getJson, postJson } from "../ask-server.ts";
import { Choice } from "../parts/choice.tsx";
import type { Studio } from "../use-studio.ts";

const ASK_AGAIN_MS = 500;
const encoders: readonly By[] = ["frozen", "trained"];

/** Proposes groups anew, for one class or for all. Groups with a name stay. */
export function ProposeButton({ studio, coarse }: { readonly studio: Studio; readonly coarse: string | null }) {
  const { attempt, reload, say } = studio;
  const [chosen, setBy] = useState<By>();
  // As the groups that are there.
  const by = chosen ?? studio.state.proposedBy ?? "frozen";
  const [progress, setProgress] = useState<ProposeProgress>();
  const follow = async () => {
    for (;;) {
      const now = await getJson<ProposeProgress>("/api/groups/propose");
      setProgress(now);
      if (!now.isRunning) return now;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  };
  const propose = (classes: ProposeQuestion["coarse"]) =>
    attempt(async () => {
      await postJson("/api/groups/propose", { by, coarse: classes } satisfies ProposeQuestion);
      const { error } = await follow();
      if (error !== null) throw new Error(error);
      await reload();
      say("Groups were proposed. z takes them back.");
    });
  // The page may have been opened anew while they are looked for.
  useEffect(() => {
    void attempt(async () => {
      const { isRunning } = await getJson<ProposeProgress>("/api/groups/propose");
      if (isRunning) await follow().then(reload);
    });
  }, [attempt]);
  if (progress?.isRunning) {
    return (
      <span class="choice">
        Looking for groups … <progress aria-label="Groups" max={progress.total} value={progress.done} />
      </span>
    );
  }
  return (
    <fieldset class="edits" aria-label="Propose groups">
      <Choice
        {...{ label: "by the encoder", names: ["before training", "trained"], value: encoders.indexOf(by) }}
        choose={(value) => setBy(encoders[value ?? 0]!)}
      />
      <button type="button" onClick={() => void propose([coarse])}>
        Propose groups here
      </button>
      <button type="button" onClick={() => void propose([])}>
        In every class
      </button>
    </fieldset>
  );
}
