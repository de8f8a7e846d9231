import { readFile } from 'node:fs/promises';
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

/** The content of a JSON file, with the position of each node. */
export interface JsonFile {
  root: Node;
  /** @returns such as `local.settings.json, line 3, column 5` */
  at(node: Node): string;
}

/** Replaces the parser's own messages: they may quote the text, which may hold a secret. */
const SYNTAX_ERRORS: Record<string, string> = {
  InvalidNumberFormat: 'a number is malformed',
  PropertyNameExpected: 'a name in double quotes is missing',
  ValueExpected: 'a value is missing',
  ColonExpected: 'a colon is missing',
  CommaExpected: 'a comma is missing',
  CloseBraceExpected: 'a closing brace } is missing',
  CloseBracketExpected: 'a closing bracket ] is missing',
  EndOfFileExpected: 'there is text after the end of the object',
  UnexpectedEndOfComment: 'a comment has no end',
  UnexpectedEndOfString: 'a string has no closing quote',
  InvalidUnicode: 'a \\u escape is malformed',
  InvalidEscapeCharacter: 'a backslash is followed by a character that it cannot escape (double it: \\\\)',
  InvalidCharacter: 'a string contains a control character',
};

/**
 * Reads a JSON file as the Functions tools do: with comments, trailing commas and a byte order mark allowed.
 *
 * @returns `undefined` if the file does not exist
 * @throws Error that names the file if it cannot be read, and also the line and the column if it is not a JSON object. It never quotes
 *   the text
 */
export async function readJsonFile(file: string): Promise<JsonFile | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read (${code}): expected a file that this user may read.`);
  }
  const text = decode(bytes, file);
  const place = (offset: number) => {
    const before = text.slice(0, offset).split(/\r\n|\r|\n/);
    return `${file}, line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first) {
    throw new Error(
      `${place(first.offset)}: this is not JSON: ${SYNTAX_ERRORS[printParseErrorCode(first.error)] ?? 'unexpected character'}.`,
    );
  }
  if (root?.type !== 'object') throw new Error(`${file} is not a JSON object: it must begin with { and end with }.`);
  return { root, at: (node) => place(node.offset) };
}

/**
 * Reads a JSON object from a file. See {@link readJsonFile}.
 *
 * @returns `undefined` if the file does not exist
 */
export async function readJsonObject(file: string): Promise<Record<string, unknown> | undefined> {
  const read = await readJsonFile(file);
  return read && (getNodeValue(read.root) as Record<string, unknown>);
}

/** The members of an object, in their order. A name can occur twice. */
export function membersOf(node: Node): { name: string; key: Node; value: Node }[] {
  return (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
    key && value ? [{ name: String(key.value), key, value }] : [],
  );
}

/** UTF-8, or UTF-16 little-endian, the default of Windows PowerShell 5. */
function decode(bytes: Buffer, file: string): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  try {
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${file} is not UTF-8 text: save it with that encoding.`);
  }
}
