import { useEffect, useRef, useState } from "preact/hooks";
import type { By, ProposeProgress, ProposeQuestion } from "../../protocol.ts";
import { getJson, postJson } from "../ask-server.ts";
import { Choice } from "../parts/choice.tsx";
import type { Studio } from "../use-studio.ts";

const ASK_AGAIN_MS = 500;
const encoders: readonly By[] = ["frozen", "trained"];

/** Whether groups are looked for and the end was not said yet; it may come while another page of the Studio is shown. */
const search = { isAwaited: false };

/** Proposes groups anew, for one class or for all. Groups with a name stay. */
export function ProposeButton({ studio, coarse }: { readonly studio: Studio; readonly coarse: string | null }) {
  const { attempt, reload, say } = studio;
  const [chosen, setBy] = useState<By>();
  // As the groups that are there.
  const by = chosen ?? studio.state.proposedBy ?? "frozen";
  const [progress, setProgress] = useState<ProposeProgress>();
  const isShown = useRef(true);
  const follow = async () => {
    while (isShown.current) {
      const now = await getJson<ProposeProgress>("/api/groups/propose");
      if (!isShown.current) return;
      setProgress(now);
      search.isAwaited ||= now.isRunning;
      if (!now.isRunning) return end(now);
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  };
  const end = async ({ error }: ProposeProgress) => {
    if (!search.isAwaited) return;
    search.isAwaited = false;
    if (error !== null) throw new Error(error);
    await reload();
    say("Groups were proposed. z takes them back.");
  };
  const propose = async (classes: ProposeQuestion["coarse"]) => {
    const question: ProposeQuestion = { by, coarse: classes };
    search.isAwaited = (await attempt(() => postJson("/api/groups/propose", question))) !== undefined;
    // Where it was refused because another page's runs, that one is followed.
    await attempt(follow);
  };
  // The page may have been opened anew while they are looked for.
  useEffect(() => {
    isShown.current = true;
    void attempt(follow);
    return () => {
      isShown.current = false;
    };
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
