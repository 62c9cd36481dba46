/** The paper's coarse classes of Stanford Cars, in the official code's order. */
export const bodyTypes = ["pickup", "sedan", "SUV", "convertible", "coupe", "hatchback", "wagon", "van"] as const;

/** The body type of each of the 196 models, a digit each, in the order of `cars_meta.mat`. Source: the official code's map. */
const DIGITS =
  "2111145343434441165134114134163224132331144134121" +
  "2120033323212170412007410023713366670072006422115" +
  "5343341037220400171272203007741522211111514223222" +
  "2244342213324314117157544173115341151121125555123";

/** [196], an index into `bodyTypes`. */
export const bodyTypeOfModel: readonly number[] = Array.from(DIGITS, Number);

/** SHA-256 of the official class names, each followed by a line end: the map above holds for no others. */
export const CAR_NAMES_DIGEST = "51e39676a5ed58562eb3038bc9158b28fdb6de5d555072e70f59748f79295ed8";
