import { shownKeys } from "../shortcuts.ts";
import { Dialog } from "./dialog.tsx";

/** Every key of what is shown. */
export function Help({ close }: { close: () => void }) {
  return (
    <Dialog title="Keys" close={close}>
      <table>
        <tbody>
          {shownKeys().map(({ key, does }) => (
            <tr key={`${key} ${does}`}>
              <th scope="row">
                <kbd>{key === " " ? "Space" : key}</kbd>
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <button type="button" onClick={close}>
        Close
      </button>
    </Dialog>
  );
}
