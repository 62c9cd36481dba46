import { z } from "zod";
import { answer, errorAnswer, health, pictureQuestion, question, summary } from "./schemas.ts";

interface Route {
  readonly method: "get" | "post";
  readonly path: string;
  readonly summary: string;
  readonly body?: { readonly type: string; readonly schema?: z.ZodType };
  readonly query?: z.ZodObject;
  readonly answer: { readonly type: string; readonly schema?: z.ZodType };
}

const JSON_TYPE = "application/json";
const json = (schema: z.ZodType) => ({ type: JSON_TYPE, schema });

/** Every path of the API but its own description. */
const routes: readonly Route[] = [
  { method: "get", path: "/v1/health", summary: "Whether the server answers.", answer: json(health) },
  { method: "get", path: "/v1/collection", summary: "What can be searched.", answer: json(summary) },
  {
    ...{ method: "post", path: "/v1/search", summary: "Images like another one, or near a vector." },
    ...{ body: json(question), answer: json(answer) },
  },
  {
    ...{ method: "post", path: "/v1/search/image", summary: "Images like a picture, which is the body." },
    ...{ body: { type: "image/*" }, query: pictureQuestion, answer: json(answer) },
  },
  {
    ...{ method: "get", path: "/v1/images/{id}/thumbnail", summary: "The thumbnail of an image." },
    answer: { type: "image/png" },
  },
  { method: "get", path: "/metrics", summary: "Figures for Prometheus.", answer: { type: "text/plain" } },
];

const schemaOf = (schema: z.ZodType | undefined, io: "input" | "output") => {
  if (!schema) return { type: "string", format: "binary" };
  const { $schema: _, ...plain } = z.toJSONSchema(schema, { io, target: "draft-2020-12" });
  return plain;
};

/** The description of the API as OpenAPI 3.1. */
export function openApi(version: string, withToken: boolean) {
  const paths: Record<string, Record<string, unknown>> = {};
  const refused = {
    description: "Refused, in one line.",
    content: { [JSON_TYPE]: { schema: schemaOf(errorAnswer, "output") } },
  };
  for (const route of routes) {
    const content = { [route.answer.type]: { schema: schemaOf(route.answer.schema, "output") } };
    const parameters = [...pathParameters(route.path), ...queryParameters(route.query)];
    paths[route.path] = {
      ...paths[route.path],
      [route.method]: {
        summary: route.summary,
        ...(parameters.length > 0 && { parameters }),
        ...(route.body && {
          requestBody: {
            required: true,
            content: { [route.body.type]: { schema: schemaOf(route.body.schema, "input") } },
          },
        }),
        responses: { 200: { description: "Found.", content }, "4XX": refused, "5XX": refused },
      },
    };
  }
  const token = { type: "http", scheme: "bearer" };
  return {
    openapi: "3.1.0",
    info: { title: "maskcon serve", version, description: "Search in a collection of images." },
    paths,
    ...(withToken && { components: { securitySchemes: { token } }, security: [{ token: [] }] }),
  };
}

const pathParameters = (path: string) =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: "path", required: true, schema: { type: "integer", minimum: 1 } },
  }));

function queryParameters(query: z.ZodObject | undefined) {
  if (!query) return [];
  const { properties = {} } = schemaOf(query, "output") as { properties?: Record<string, object> };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: false, schema }));
}
