import { useState } from "preact/hooks";
import { counted } from "../../../core/index.ts";
import type { StudioAction } from "../../protocol.ts";
import { positionOfId } from "../columns.ts";
import { sayRefusal } from "../groups/use-group-actions.tsx";
import { usePutIntoGroup } from "../groups/use-put-into-group.ts";
import { useShortcuts } from "../shortcuts.ts";
import type { Studio } from "../use-studio.ts";
import { NameDialog, type NameQuestion } from "./name-dialog.tsx";
import type { Selection } from "./use-selection.ts";

/** What can be done to the images that were chosen. */
export function EditBar({ studio, selection }: { readonly studio: Studio; readonly selection: Selection }) {
  const [question, setQuestion] = useState<NameQuestion>();
  const into = usePutIntoGroup();
  const ids = [...selection.ids].sort((a, b) => a - b);
  const images = counted(ids.length, "image");
  const take = async (values: { action: string; [field: string]: unknown }, done: string) => {
    if (await studio.act({ ...values, ids }, `${images}: ${done}. z takes it back.`)) selection.remove(ids);
  };
  const ask = (column: "coarse" | "fine") =>
    setQuestion({
      ...{ title: `The ${column} class of ${images}`, label: `${column} class`, known: studio.state[column] },
      mayBeEmpty: column === "fine",
      answer: (name) => void take({ action: "relabel", [column]: name }, `${column} class ${name ?? "none"}`),
    });
  const askGroup = () => {
    const { state, columns, act } = studio;
    const classOf = (id: number) => columns.coarse[positionOfId(columns.ids, id)]!;
    const coarse = classOf(ids[0]!);
    const other = ids.find((id) => classOf(id) !== coarse);
    if (other !== undefined) {
      const named = (id: number) => `image ${id} is of ${state.coarse[classOf(id)] ?? "no class"}`;
      return sayRefusal(studio, `A group is of one coarse class: ${named(ids[0]!)}, ${named(other)}.`);
    }
    const groups = state.groups.filter((group) => group.coarse === coarse);
    const take = async (action: StudioAction, done: string) => {
      if (await act(action, `${done} z takes it back.`)) selection.remove(ids);
    };
    setQuestion(into.question({ ids, coarse, groups, take: (action, done) => void take(action, done) }));
  };
  const edits = [
    { key: "c", name: "Coarse class", does: "give the chosen images a coarse class", run: () => ask("coarse") },
    { key: "f", name: "Fine class", does: "give the chosen images a fine class", run: () => ask("fine") },
    { key: "a", name: "Put into …", does: "put the chosen images into a group of their coarse class", run: askGroup },
    {
      ...{ key: "d", name: "Drop", does: "take the chosen images out" },
      run: () => void take({ action: "drop" }, "taken out"),
    },
    {
      ...{ key: "r", name: "Restore", does: "take the chosen images back in" },
      run: () => void take({ action: "restore" }, "taken back in"),
    },
  ];
  const orSay = (run: () => void) => () =>
    ids.length > 0 ? run() : studio.say("Choose images first: Space, or a click.");
  useShortcuts(edits.map(({ key, does, run }) => ({ key, does, run: orSay(run) })));
  return (
    <fieldset class="edits" aria-label="Chosen images">
      <span class="count">{ids.length > 0 ? `${images} chosen` : "none chosen"}</span>
      {edits.map(({ key, name, run }) => (
        <button key={key} type="button" disabled={ids.length === 0} onClick={run} aria-keyshortcuts={key}>
          {name} <kbd>{key}</kbd>
        </button>
      ))}
      {question && <NameDialog question={question} close={() => setQuestion(undefined)} />}
    </fieldset>
  );
}
