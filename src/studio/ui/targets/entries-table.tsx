import { thumbnailPath } from "../../protocol.ts";
import { positionOfId } from "../columns.ts";
import type { Studio } from "../use-studio.ts";
import { shareText } from "./formula.tsx";
import type { MethodTargets } from "./methods-table.tsx";
import type { TargetKeys } from "./use-target-keys.ts";

/** No method weighs a farther entry more than a nearer one: these are the heaviest of all of them. */
const MOST_ENTRIES = 40;

interface EntriesTableProps {
  readonly studio: Studio;
  readonly keys: TargetKeys;
  readonly same: Int8Array;
  readonly methods: readonly MethodTargets[];
}

/** The heaviest entries of the queue, with each method's weight as a bar. */
export function EntriesTable({ studio, keys, same, methods }: EntriesTableProps) {
  const count = Math.min(MOST_ENTRIES, keys.ids.length);
  const heaviest = Math.max(...methods.map(({ targets }) => targets.entries[0] ?? 0));
  const fineOf = (id: number) => {
    const { columns, state } = studio;
    return state.fine[columns.fine[positionOfId(columns.ids, id)]!] ?? "fine class not known";
  };
  return (
    <table class="entries">
      <caption>
        The {count} nearest of {keys.ids.length.toLocaleString("en")} entries. A full bar is {shareText(heaviest)}; that
        of the own key 100%.
      </caption>
      <thead>
        <tr>
          <th scope="col">image</th>
          <th scope="col">fine class</th>
          <th scope="col">similarity</th>
          {methods.map(({ title }) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          <Picture id={keys.id} />
          <td>the own key</td>
          <td>1</td>
          {methods.map(({ title, targets }, place) => (
            <Bar key={title} place={place} share={targets.own} full={1} />
          ))}
        </tr>
        {[...keys.ids.subarray(0, count)].map((id, entry) => (
          <tr key={id} class={same[entry] === 1 ? "same" : ""}>
            <Picture id={id} />
            <td>
              {fineOf(id)}
              {same[entry] === 1 && <small> the same</small>}
            </td>
            <td>{keys.similarities[entry]!.toFixed(3)}</td>
            {methods.map(({ title, targets }, place) => (
              <Bar key={title} place={place} share={targets.entries[entry]!} full={heaviest} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Picture({ id }: { readonly id: number }) {
  return (
    <th scope="row">
      <a href={`#targets=${id}`}>
        <img src={thumbnailPath(id)} width={48} height={48} alt="" loading="lazy" /> {id}
      </a>
    </th>
  );
}

function Bar({ place, share, full }: { readonly place: number; readonly share: number; readonly full: number }) {
  const width = full > 0 ? (100 * share) / full : 0;
  return (
    <td class={`series-${place + 1}`}>
      <span class="bar-ground">
        <span class="bar-length" style={{ width: `${width}%` }} />
      </span>
      <span class="bar-number">{shareText(share)}</span>
    </td>
  );
}
