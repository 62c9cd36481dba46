/** The names of a table's rows, in its order. The type lists the names themselves: a declaration of it needs no table. */
export const keysOf = <T extends object>(table: T): readonly (keyof T & string)[] =>
  Object.keys(table) as (keyof T & string)[];
