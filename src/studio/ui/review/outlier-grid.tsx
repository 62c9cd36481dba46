import type { OutlierEntry } from "../../protocol.ts";
import type { Studio } from "../use-studio.ts";
import { DecisionGrid } from "./decision-grid.tsx";

interface OutlierGridProps {
  readonly studio: Studio;
  readonly outliers: readonly OutlierEntry[];
  readonly unusual: number;
}

/** Images that are like no other. */
export function OutlierGrid({ studio, outliers, unusual }: OutlierGridProps) {
  return (
    <DecisionGrid
      {...{ studio, kind: "outlier", title: `Outliers: ${unusual} far outside of the rest`, entries: outliers }}
      caption={({ score }) => `${score.toFixed(2)} x as far`}
      more={[]}
    />
  );
}
