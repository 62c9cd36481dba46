import { useRef } from "preact/hooks";
import type { GroupEntry, StudioState } from "../../protocol.ts";
import type { Filter } from "../columns.ts";
import { Choice } from "./choice.tsx";

interface FilterBarProps {
  readonly state: StudioState;
  readonly filter: Filter;
  readonly change: (filter: Filter) => void;
  /** Leads the keyboard to what is shown. */
  readonly leave?: () => void;
}

const statuses = ["shown", "dropped", "replaced", "missing"];

/**
 * A list takes letters and digits for itself. A choice by the pointer is done with it, and the keys are for the pictures; by
 * keys every arrow is a choice, and Escape is the way.
 */
function useWayOut(leave = () => {}) {
  const isPointing = useRef(false);
  return {
    onPointerDown: () => {
      isPointing.current = true;
    },
    onKeyDown: ({ key }: KeyboardEvent) => {
      isPointing.current = false;
      if (key === "Escape") leave();
    },
    onChange: () => isPointing.current && leave(),
  };
}

/** The class makes a group's number speak. */
const nameIn =
  ({ coarse }: StudioState) =>
  (group: GroupEntry): string =>
    `${coarse[group.coarse] ?? "no class"}: ${group.name ?? group.id}`;

/** Which rows are shown, by their classes. */
export function FilterBar({ state, filter, change, leave }: FilterBarProps) {
  const choose = (name: keyof Filter) => (value: number | undefined) => change({ ...filter, [name]: value });
  const classes = (["coarse", "fine", "split"] as const).filter((name) => state[name].length > 0);
  return (
    <fieldset class="filters" aria-label="Which images" {...useWayOut(leave)}>
      {classes.map((name) => (
        <Choice key={name} label={name} names={state[name]} value={filter[name]} choose={choose(name)} all none />
      ))}
      {state.groups.length > 0 && (
        <Choice
          {...{ label: "group", names: ["none", ...state.groups.map(nameIn(state))] }}
          value={filter.group === undefined ? undefined : 1 + state.groups.findIndex(({ id }) => id === filter.group)}
          choose={(place) => choose("group")(place === undefined ? undefined : (state.groups[place - 1]?.id ?? 0))}
          all
        />
      )}
      <Choice
        {...{ label: "state", names: statuses, value: filter.status }}
        choose={(status) => change({ ...filter, status: status ?? 0 })}
      />
    </fieldset>
  );
}
