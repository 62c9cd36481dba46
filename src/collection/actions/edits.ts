import type { GroupProposal } from "../groups/proposal.ts";
import type { KeptKind } from "./keep.ts";

/**
 * Gives images another class: coarse, fine, or both. A group all of whose live images change their coarse class goes along, and
 * with it those of its images that were dropped or are missing; these keep their fine class.
 */
export interface RelabelEdit {
  readonly action: "relabel";
  /** Ids of images, in any order; so in every action. */
  readonly ids: ArrayLike<number>;
  readonly coarse?: string | undefined;
  /** null: it is not known. */
  readonly fine?: string | null | undefined;
}

/** Takes images out: no search finds them. Their rows stay. */
export interface DropEdit {
  readonly action: "drop";
  readonly ids: ArrayLike<number>;
}

/** Takes dropped images back in. */
export interface RestoreEdit {
  readonly action: "restore";
  readonly ids: ArrayLike<number>;
}

/** Lets images stand after a look: a review does not ask again. */
export interface KeepEdit {
  readonly action: "keep";
  readonly ids: ArrayLike<number>;
  readonly kind: KeptKind;
}

/** Takes a proposal of groups into force. */
export interface ProposeEdit {
  readonly action: "propose";
  readonly proposal: GroupProposal;
  /** Whether groups that have a name are replaced too; they stay by default. */
  readonly replaceNamed?: boolean | undefined;
}

/** Names a group. Two groups may have one name. */
export interface NameEdit {
  readonly action: "name";
  /** Its id. */
  readonly group: number;
  /** null takes its name away. */
  readonly name: string | null;
}

/** Makes one group of several of a coarse class. */
export interface MergeEdit {
  readonly action: "merge";
  /** Their ids. */
  readonly groups: readonly number[];
  /** Without one: that of the first group which has a name. */
  readonly name?: string | null | undefined;
}

/** Makes a group of each part, by ids of images, and one of what is left. They have no name. */
export interface SplitEdit {
  readonly action: "split";
  readonly group: number;
  readonly parts: readonly ArrayLike<number>[];
}

/** Puts images into a group of their coarse class. */
export interface AssignEdit {
  readonly action: "assign";
  readonly ids: ArrayLike<number>;
  /** Its id; null: into none; "new": into a new one. */
  readonly group: number | null | "new";
  /** Of a new group. */
  readonly name?: string | undefined;
}

/** An action to take. */
export type CollectionEdit =
  | RelabelEdit
  | DropEdit
  | RestoreEdit
  | KeepEdit
  | ProposeEdit
  | NameEdit
  | MergeEdit
  | SplitEdit
  | AssignEdit;
