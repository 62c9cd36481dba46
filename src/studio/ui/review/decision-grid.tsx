import { useState } from "preact/hooks";
import { counted } from "../../../core/index.ts";
import type { StudioState } from "../../protocol.ts";
import { goTo } from "../address.ts";
import { ImagePanel } from "../gallery/image-panel.tsx";
import { PictureGrid } from "../parts/picture-grid.tsx";
import { useSelection } from "../parts/use-selection.ts";
import { useShortcuts } from "../shortcuts.ts";
import type { Studio } from "../use-studio.ts";

interface Decision {
  readonly key: string;
  readonly name: string;
  /** Whether it was taken. */
  readonly run: (ids: readonly number[]) => Promise<StudioState | boolean | undefined>;
}

interface DecisionGridProps<T extends { readonly id: number }> {
  readonly studio: Studio;
  readonly kind: "label" | "outlier";
  readonly title: string;
  readonly entries: readonly T[];
  readonly caption: (entry: T) => string;
  /** Decisions beside keep and drop. */
  readonly more: readonly Decision[];
}

/** A ranked list of images. A decision concerns the chosen ones, or the one with the cursor where none is chosen. */
export function DecisionGrid<T extends { readonly id: number }>(props: DecisionGridProps<T>) {
  const { studio, kind, title, entries, caption, more } = props;
  const selection = useSelection();
  const [current, setCurrent] = useState<number>();
  const listed = (fits: (id: number) => boolean) => entries.map(({ id }) => id).filter(fits);
  // Neither what was chosen nor the cursor is in every list that comes.
  const picked = listed((id) => selection.ids.has(id));
  const chosen = picked.length > 0 ? picked : listed((id) => id === current);
  const images = chosen.length === 1 ? `Image ${chosen[0]}` : counted(chosen.length, "image");
  const act = (values: { action: string; [field: string]: unknown }, done: string) => (ids: readonly number[]) =>
    studio.act({ ...values, ids }, `${images}: ${done}. z takes it back.`);
  const decisions: Decision[] = [
    ...more,
    { key: "k", name: "Keep as it is", run: act({ action: "keep", kind }, "kept") },
    { key: "d", name: "Drop", run: act({ action: "drop" }, "taken out") },
  ];
  const take = async ({ run }: Decision) => {
    if (chosen.length > 0 && (await run(chosen))) selection.remove(chosen);
  };
  useShortcuts(
    decisions.map((decision) => ({
      ...{ key: decision.key, does: `${decision.name.toLowerCase()}: the chosen images, or the one with the cursor` },
      run: () => void take(decision),
    })),
  );
  const like = (id: number) => goTo(`gallery=${id}`);
  return (
    <>
      <div class="pane">
        <h2>{title}</h2>
        <fieldset class="edits" aria-label="Decide">
          <span class="count">
            {picked.length > 0 ? `${images} chosen` : chosen.length > 0 ? `${images}, at the cursor` : "none"}
          </span>
          {decisions.map((decision) => (
            <button
              {...{ key: decision.key, type: "button", disabled: chosen.length === 0 }}
              aria-keyshortcuts={decision.key}
              onClick={() => void take(decision)}
            >
              {decision.name} <kbd>{decision.key}</kbd>
            </button>
          ))}
        </fieldset>
        <PictureGrid
          {...{ label: title, count: entries.length, selection, open: like, moved: setCurrent, isTall: true }}
          idOf={(index) => entries[index]!.id}
          item={(index) => ({ id: entries[index]!.id, caption: caption(entries[index]!) })}
        />
      </div>
      <ImagePanel {...{ studio, id: current, like }} />
    </>
  );
}
