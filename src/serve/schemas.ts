import { z } from "zod";

/** Results of one question, at most. */
const MOST_RESULTS = 1000;
const MOST_VALUES = 65_536;
const MOST_FILTERS = 1000;

const by = z.enum(["trained", "frozen"]).default("trained").meta({
  description: "Whose vectors are compared: the trained encoder's, or those of the encoder before training.",
});
const top = z.int().min(1).max(MOST_RESULTS).default(20).meta({ description: "How many images to find." });

const values = z.array(z.union([z.string(), z.number()])).max(MOST_FILTERS);
const where = z.record(z.string(), values).default({}).meta({
  description: "Only images whose columns (coarse, fine, split, name, ...) have one of the values listed for each.",
});

const id = z.int().min(1).meta({ description: "Id of an image of the collection." });
const vector = z.array(z.number()).min(1).max(MOST_VALUES).meta({ description: "A vector of the encoder's size." });

export const question = z
  .strictObject({ id: id.optional(), vector: vector.optional(), by, top, where })
  .refine((asked) => (asked.id === undefined) !== (asked.vector === undefined), { error: "either id or vector" })
  .meta({ description: "What to look for: images like one of the collection (id), or near a vector." });

/** Of a picture, in the address. */
export const pictureQuestion = z.strictObject({
  by,
  top: z.preprocess((text) => (text === undefined ? undefined : Number(text)), top),
});

const name = z.string().nullable();
const result = z.strictObject({
  id: z.int(),
  score: z.number().meta({ description: "Cosine similarity." }),
  name: z.string(),
  coarse: name,
  fine: name,
  split: name,
  thumbnail: z.string().meta({ description: "Path of its thumbnail on this server." }),
});

export const answer = z.strictObject({
  by: z.enum(["trained", "frozen"]),
  revision: z.int().meta({ description: "Of the collection; it rises when images are added." }),
  results: z.array(result).meta({ description: "The most similar first; equal ones by id." }),
});
export type SearchAnswer = z.infer<typeof answer>;

export const health = z.strictObject({
  status: z.literal("ok"),
  images: z.int().meta({ description: "Those that can be found." }),
  rows: z.int(),
  revision: z.int(),
});

export const summary = z.strictObject({
  images: z.int(),
  rows: z.int(),
  revision: z.int(),
  encoder: z.strictObject({
    method: z.string(),
    backbone: z.string(),
    imageSize: z.int(),
    trained: z.int().meta({ description: "Numbers of a trained vector." }),
    frozen: z.int(),
  }),
  coarseClasses: z.array(z.string()),
  fineClasses: z.array(z.string()),
});

export const errorAnswer = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string() }),
});
