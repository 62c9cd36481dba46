export { type Member, membersOf } from "./members.ts";
