import { z } from "zod";
import { counted } from "../../core/index.ts";
import { classOfGroup, proposedCount } from "../groups/proposal.ts";
import { type ProposalFiles, proposalName } from "../groups/proposal-file.ts";
import { countIds } from "../id-ranges.ts";
import { type Action, type EditState, idsText } from "./action.ts";

/** The values of a line that takes a proposal into force. */
export interface ProposeValues extends ProposalFiles {
  readonly action: "propose";
  /** Whether groups that have a name are replaced too. */
  readonly replaceNamed?: boolean | undefined;
  /** The ids of its groups, in the order of their places. */
  readonly made: string;
}

const sum = z.string().regex(/^[0-9a-f]{64}$/, { error: "a SHA-256 in hex" });

const schema = z.strictObject({
  action: z.literal("propose"),
  proposal: proposalName,
  rows: sum,
  trees: sum,
  replaceNamed: z.boolean().optional(),
  made: idsText,
});

/**
 * Replaces the groups of each class that the proposal has. A group with a name stays as it is, with its images, unless it is
 * to be replaced too. Images that have another class by now stay where they are.
 */
export const proposeAction: Action<ProposeValues> = {
  schema,
  makes: ({ proposal }, state) => proposedCount(state.proposal(proposal)),
  check(state, { proposal: name }, line) {
    const { classes } = state.proposal(name);
    const other = classes.find(({ coarse }) => coarse !== null && !state.coarse.has(coarse));
    if (other) line.refuse("coarse classes of the collection", JSON.stringify(other.coarse));
  },
  apply(state, { proposal: name, replaceNamed = false }, { first }) {
    const proposal = state.proposal(name);
    const numbers = proposal.classes.map(({ coarse }) => (coarse === null ? -1 : state.coarse.names.indexOf(coarse)));
    clear(state, new Set(numbers), replaceNamed);
    const classOf = classOfGroup(proposal).map((place) => numbers[place]!);
    classOf.forEach((coarse, place) => {
      state.groups.set(first + place, { coarse, name: null, proposed: { proposal: name, place } });
    });
    let row = 0;
    proposal.ids.forEach((id, place) => {
      while (row < state.ids.length && state.ids[row]! < id) row++;
      if (state.ids[row] !== id || state.groups.at(row) !== 0) return;
      if (state.coarse.numbers[row] !== classOf[proposal.likely[place]!]) return;
      const group = proposal.groups[place]!;
      state.groups.put(row, group < 0 ? 0 : first + group, proposal.confidence[place]);
    });
    state.groups.addProposal(name);
  },
  says: ({ made }) => `${counted(countIds(made), "group")} proposed`,
};

/** Takes the groups of some classes away, and their rows out of them. */
function clear({ groups, coarse, ids }: EditState, classes: ReadonlySet<number>, named: boolean): void {
  for (const [id, group] of [...groups.all()]) {
    if (classes.has(group.coarse) && (named || group.name === null)) groups.remove(id);
  }
  for (let row = 0; row < ids.length; row++) {
    if (classes.has(coarse.numbers[row]!) && groups.at(row) === 0) groups.put(row, 0);
  }
}
