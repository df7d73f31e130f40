import type { Static, TSchema } from "@sinclair/typebox";
import { Value, type ValueError } from "@sinclair/typebox/value";
import { InputError, show } from "../errors";

/**
 * What is wrong first with a value, measured by its schema, in a sentence that names the field, its value and what is allowed;
 * undefined when nothing is.
 */
export function firstProblem(schema: TSchema, value: unknown): string | undefined {
  const error = Value.Errors(schema, value).First();
  return error && explain(schema, error);
}

/** The content of a file, if it is as the schema says; else an InputError names the file and the first field that is not. */
export function checked<Schema extends TSchema>(schema: Schema, content: unknown, file: string): Static<Schema> {
  const problem = firstProblem(schema, content);
  if (problem) throw new InputError(`${file}: ${problem}`);
  return content as Static<Schema>;
}

function explain(root: TSchema, { path: pointer, schema, value }: ValueError): string {
  const name = pointer.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~");
  const field = name.length > 100 ? `${name.slice(0, 97)}...` : name;
  const parent = pointer.split("/").slice(1, -1);
  const properties = propertiesAt(root, parent);
  const last = pointer.split("/").pop() as string;
  if (pointer !== "" && properties && !Object.hasOwn(properties, last)) {
    return `${field || '""'} is not a parameter; allowed: ${Object.keys(properties).join(", ")}.`;
  }
  const given = value === undefined ? "missing" : show(value);
  return `${field || "the file"} is ${given}; allowed: ${allowed(schema)}.`;
}

/** The properties of the group of the schema at a path; undefined when there is no such group. */
function propertiesAt(root: TSchema, path: string[]): Record<string, TSchema> | undefined {
  let schema: TSchema | undefined = root;
  for (const part of path) {
    schema = schema?.properties && Object.hasOwn(schema.properties, part) ? schema.properties[part] : undefined;
  }
  return schema?.properties;
}

/** What a value of this schema may be, in words. */
function allowed(schema: TSchema): string {
  const unit = schema.unit && schema.unit !== "1" ? ` (${schema.unit})` : "";
  if (schema.anyOf) {
    return schema.anyOf.map((literal: TSchema) => literal.const).join(", ");
  }
  switch (schema.type) {
    case "number":
      return schema.minimum === undefined ? "a number" : `a number from ${schema.minimum} to ${schema.maximum}${unit}`;
    case "integer":
      if (schema.minimum === undefined) return "a whole number";
      return schema.maximum === undefined
        ? `a whole number from ${schema.minimum}`
        : `a whole number from ${schema.minimum} to ${schema.maximum}${unit}`;
    case "array":
      if (Array.isArray(schema.items)) {
        return `${schema.unit ? "[least, most]" : "[from, to]"}, each ${allowed(schema.items[0])}${unit}`;
      }
      return `a list${schema.maxItems ? ` of at most ${schema.maxItems}` : ""}, each ${allowed(schema.items)}`;
    case "object":
      if (!schema.properties) return "an object of strings";
      return ["an object", Object.keys(schema.properties).join(", ")].filter(Boolean).join(" with ");
    default:
      if (schema.pattern) return `a name of at most ${schema.maxLength} letters, digits, '.', '_' and '-'`;
      return schema.maxLength ? `a text of at most ${schema.maxLength} characters` : "a text";
  }
}
