import { useId } from "preact/hooks";
import type { StudioState } from "../../protocol.ts";
import type { Filter } from "../columns.ts";

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

interface ChoiceProps {
  readonly label: string;
  readonly names: readonly string[];
  readonly value: number | undefined;
  readonly choose: (value: number | undefined) => void;
  /** Whether all, and those without one, can be chosen. */
  readonly none?: boolean;
}

function Choice({ label, names, value, choose, none = false }: ChoiceProps) {
  const id = useId();
  return (
    <span class="choice">
      <label for={id}>{label}</label>
      <select
        {...{ id, value: value ?? "" }}
        onChange={({ currentTarget }) => choose(currentTarget.value === "" ? undefined : Number(currentTarget.value))}
      >
        {none && <option value="">all</option>}
        {none && <option value={-1}>none</option>}
        {names.map((name, number) => (
          <option key={name} value={number}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}
