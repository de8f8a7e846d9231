import * as v from 'valibot';

/** Adds a description to a schema, for the API description. */
export const described = <const Schema extends v.GenericSchema>(schema: Schema, description: string) =>
  v.pipe(schema, v.description(description));

/** Names and describes a schema, so that the API description refers to it by this name. */
export const named = <const Schema extends v.GenericSchema>(name: string, description: string, schema: Schema) =>
  v.pipe(schema, v.title(name), v.description(description));
