import { visit } from 'jsonc-parser';

/**
 * Finds a member that occurs twice in a JSON object. `JSON.parse` silently uses the last one, but the other may have been meant.
 *
 * @param json - valid JSON, and not deeply nested
 * @returns the name of the first that is repeated; `undefined` if there is no repeated member
 */
export function repeatedMember(json: string): string | undefined {
  const open: Set<string>[] = [];
  let repeated: string | undefined;
  visit(json, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty(name) {
      const names = open.at(-1);
      if (names?.has(name)) repeated ??= name;
      names?.add(name);
    },
  });
  return repeated;
}
