import { useId, useRef, useState } from "preact/hooks";
import type { RunEntry, RunList } from "../../protocol.ts";
import { SeriesMark } from "./series-mark.tsx";
import type { ChosenRuns } from "./use-runs.ts";

interface RunChoicesProps {
  readonly list: RunList;
  readonly chosen: ChosenRuns;
  readonly toggle: (name: string) => void;
}

/** All runs of the folder, to choose some of them. */
export function RunChoices({ list, chosen, toggle }: RunChoicesProps) {
  const [wanted, setWanted] = useState("");
  const id = useId();
  const box = useRef<HTMLFieldSetElement>(null);
  const runs = list.runs.filter((run) =>
    `${run.title} ${run.method} ${run.backbone}`.toLowerCase().includes(wanted.toLowerCase()),
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const inputs = [...box.current!.querySelectorAll("input")];
    inputs[inputs.indexOf(document.activeElement as HTMLInputElement) + by]?.focus();
  };
  return (
    <aside class="run-list" aria-label="Runs">
      <div class="choice">
        <label for={id}>filter</label>
        <input {...{ id, type: "search", value: wanted }} onInput={(event) => setWanted(event.currentTarget.value)} />
      </div>
      {list.problem && <p class="problem">{list.problem}</p>}
      <fieldset ref={box} aria-label={`Runs of ${list.folder}`} onKeyDown={onKeyDown}>
        {runs.map((run) => (
          <RunChoice key={run.name} {...{ run, place: chosen.indexOf(run.name), toggle }} />
        ))}
      </fieldset>
      {runs.length === 0 && <p>No run here is called so.</p>}
    </aside>
  );
}

interface RunChoiceProps {
  readonly run: RunEntry;
  /** -1: not chosen. */
  readonly place: number;
  readonly toggle: (name: string) => void;
}

function RunChoice({ run, place, toggle }: RunChoiceProps) {
  return (
    <label class="run" title={run.problem ?? undefined}>
      <input type="checkbox" checked={place >= 0} onClick={keepAsIs(() => toggle(run.name))} />
      <span>
        <strong>{run.title}</strong> {place >= 0 && <SeriesMark place={place} />}
        <small>
          {run.method ? `${run.method}, ${run.backbone}` : "no settings"}
          {run.isTraining && " · training now"}
        </small>
      </span>
    </label>
  );
}

/** The page decides whether a box is checked, not the click. */
const keepAsIs = (work: () => void) => (event: Event) => {
  event.preventDefault();
  // After the click: until then the browser holds the box as it would be.
  setTimeout(work);
};
