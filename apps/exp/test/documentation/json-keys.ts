/** @file The keys of a zod schema as the rows of a Markdown table: key, type, value. */
import { z } from "zod";

/** What of JSON Schema zod writes here. */
interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
}

/** A row per key, nested ones as `runs[].id`; values of a shared shape are not entered. */
export function rowsOf(schema: z.ZodType): readonly string[] {
  return keysBelow(z.toJSONSchema(schema) as JsonSchema, "").map((cells) => cells.join(" | "));
}

/** The shapes that several keys have, by their names, as rows. */
export function sharedRows(schemas: readonly z.ZodType[]): ReadonlyMap<string, readonly string[]> {
  const defined = schemas.flatMap((schema) =>
    Object.entries((z.toJSONSchema(schema) as JsonSchema).$defs ?? {}),
  );
  return new Map(
    defined.map(([name, shape]) => [name, keysBelow(shape, "").map((cells) => cells.join(" | "))]),
  );
}

type Cells = readonly [key: string, type: string, value: string];

function keysBelow(
  { properties, required = [], items }: JsonSchema,
  path: string,
): readonly Cells[] {
  if (items !== undefined) return keysBelow(items, `${path}[]`);
  return Object.entries(properties ?? {}).flatMap(([key, value]) => {
    const own = path === "" ? key : `${path}.${key}`;
    const type = `${typeOf(value)}${required.includes(key) ? "" : ", optional"}`;
    return [[`\`${own}\``, type, value.description ?? ""] as const, ...keysBelow(value, own)];
  });
}

function typeOf({ $ref, type, items, additionalProperties, anyOf }: JsonSchema): string {
  if ($ref !== undefined) return $ref.split("/").at(-1)!;
  if (anyOf !== undefined) return anyOf.map(typeOf).join(" or ");
  if (Array.isArray(type)) return type.join(" or ");
  if (type === "array") return `list of ${typeOf(items ?? {}).replace(/^\w+/, "$&s")}`;
  if (type === "string") return "text";
  if (typeof additionalProperties === "object" && additionalProperties.type !== undefined) {
    return `object of ${typeOf(additionalProperties)}s`;
  }
  return typeof type === "string" ? type : "anything";
}
