import { useId } from "preact/hooks";

interface ChoiceProps {
  readonly label: string;
  readonly names: readonly string[];
  /** A place in `names`; -1 for none, undefined for all. */
  readonly value: number | undefined;
  readonly choose: (value: number | undefined) => void;
  /** Whether all can be chosen, and those without one. */
  readonly all?: boolean;
  readonly none?: boolean;
}

/** One of some names. */
export function Choice({ label, names, value, choose, all = false, none = false }: ChoiceProps) {
  const id = useId();
  return (
    <span class="choice">
      <label for={id}>{label}</label>
      <select
        {...{ id, value: value ?? "" }}
        onChange={({ currentTarget }) => choose(currentTarget.value === "" ? undefined : Number(currentTarget.value))}
      >
        {all && <option value="">all</option>}
        {none && <option value={-1}>none</option>}
        {names.map((name, number) => (
          <option key={number} value={number}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}
