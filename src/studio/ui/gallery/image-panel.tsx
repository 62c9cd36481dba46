import { useEffect, useState } from "preact/hooks";
import { type ImageDetails, originalPath } from "../../protocol.ts";
import { getJson } from "../ask-server.ts";
import type { Studio } from "../use-studio.ts";

interface ImagePanelProps {
  readonly studio: Studio;
  readonly id: number | undefined;
  readonly like: (id: number) => void;
}

/** Moving through a grid asks for the image on which it stops. */
const WAIT_MS = 125;

/** The image with the cursor. */
export function ImagePanel({ studio: { attempt, state }, id, like }: ImagePanelProps) {
  const [image, setImage] = useState<ImageDetails>();
  useEffect(() => {
    if (id === undefined) return;
    let isLatest = true;
    const wait = setTimeout(() => {
      void attempt(async () => {
        const details = await getJson<ImageDetails>(`/api/images/${id}`);
        if (isLatest) setImage(details);
      });
    }, WAIT_MS);
    return () => {
      isLatest = false;
      clearTimeout(wait);
    };
  }, [attempt, id, state.version]);
  if (!image || id === undefined) return null;
  const facts = [
    ["id", image.id],
    ["file", image.name],
    ["coarse", image.coarse ?? "none"],
    ["fine", image.fine ?? "none"],
    ["group", image.group ?? "none"],
    ["split", image.split ?? "none"],
    ["size", `${image.width} x ${image.height} px`],
    ["state", image.status === "live" ? "shown" : image.status],
  ] as const;
  return (
    <aside class="panel" aria-label="Image">
      <img src={originalPath(image.id)} class="original" alt={image.name} />
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => like(image.id)} aria-keyshortcuts="l">
        Find images like it <kbd>l</kbd>
      </button>
      <p>
        <a href={`#targets=${image.id}`} aria-keyshortcuts="t">
          Its targets
        </a>{" "}
        <kbd>t</kbd>
      </p>
    </aside>
  );
}
