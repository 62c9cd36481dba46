import type { StudioState } from "../../protocol.ts";
import type { Filter } from "../columns.ts";
import { Choice } from "./choice.tsx";

interface FilterBarProps {
  readonly state: StudioState;
  readonly filter: Filter;
  readonly change: (filter: Filter) => void;
}

const statuses = ["shown", "dropped", "replaced", "missing"];

/** Which rows are shown, by their classes. */
export function FilterBar({ state, filter, change }: FilterBarProps) {
  const choose = (name: keyof Filter) => (value: number | undefined) => change({ ...filter, [name]: value });
  const classes = (["coarse", "fine", "split"] as const).filter((name) => state[name].length > 0);
  return (
    <fieldset class="filters" aria-label="Which images">
      {classes.map((name) => (
        <Choice key={name} label={name} names={state[name]} value={filter[name]} choose={choose(name)} none />
      ))}
      <Choice
        {...{ label: "state", names: statuses, value: filter.status }}
        choose={(status) => change({ ...filter, status: status ?? 0 })}
      />
    </fieldset>
  );
}
