import * as v from 'valibot';

/**
 * Parses a text that a schema has accepted.
 *
 * @param parse - returns `undefined` if the text is not valid
 * @param message - the error for such a text
 */
export const parsedBy = <Parsed>(parse: (text: string) => Parsed | undefined, message: (text: string) => string) =>
  v.rawTransform<string, Parsed>(({ dataset, addIssue, NEVER }) => {
    const parsed = parse(dataset.value);
    if (parsed !== undefined) return parsed;
    addIssue({ message: message(dataset.value) });
    return NEVER;
  });
