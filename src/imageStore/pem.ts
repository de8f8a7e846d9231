/** One block of a PEM text, in the form of RFC 7468. */
export interface PemBlock {
  /** Such as `CERTIFICATE`. */
  label: string;
  /** The whole block, with its BEGIN and END lines. */
  pem: string;
}

/** Labels that contain spaces, to restore them in a text that lost all spaces. */
const LABELS = ['PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'DSA PRIVATE KEY'];

const BEGIN = /-----\s*BEGIN/;

const BLOCK = /-----\s*BEGIN([A-Z0-9\s]*)-----(?:(?!-----\s*BEGIN)[\s\S])*?-----\s*END[A-Z0-9\s]*-----/g;
const EDGES = /^-----[A-Z0-9\s]*-----|-----[A-Z0-9\s]*-----$/g;

/** A line break as an escape sequence, escaped once or more often, as portals, pipelines and shells write it. */
const ESCAPED_BREAK = /[\\`]+[nrt]/gi;

/** A character as in a URL. PEM contains no percent sign of its own. */
const PERCENT_ENCODED = /%([0-9a-f]{2})/gi;

/** Characters that are not part of PEM but that copying may add: spaces, invisible characters, the quotes and commas of a list. */
const NOISE = /[\s\p{Z}\p{Cf}\p{Cc}"',\\]+/gu;

/** The header of an encrypted key in the traditional form. The number of hex digits depends on the cipher. */
const ENCRYPTION =
  /^\s*Proc-Type:\s*4,\s*ENCRYPTED\s*DEK-Info:\s*((?:(?:DES|RC2|IDEA|BF|CAST5)[A-Z0-9-]*,\s*[0-9A-F]{16})|(?:[A-Z0-9-]+,\s*[0-9A-F]{32}))/i;

/** Whether a text contains a BEGIN line of PEM. */
export function isPem(text: string): boolean {
  return BEGIN.test(text);
}

/**
 * Finds the blocks of a PEM text. A portal or a pipeline may have changed its line breaks to escape sequences or spaces, or removed
 * them. The content between BEGIN and END is unambiguous without them.
 *
 * @returns the blocks, or what is wrong with the text, as the end of a sentence about the setting. The content of a block is not
 *   checked.
 */
export function readPem(text: string): { blocks: PemBlock[] } | { error: string } {
  const plain = text
    .replaceAll(PERCENT_ENCODED, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(ESCAPED_BREAK, '\n');
  const blocks = [...plain.matchAll(BLOCK)].map(([block, label = '']) => toBlock(block, label));
  if (isPem(plain.replaceAll(BLOCK, ''))) return { error: 'is cut off: it has a BEGIN line without its END line' };
  return { blocks };
}

function toBlock(block: string, givenLabel: string): PemBlock {
  const squeezed = givenLabel.replaceAll(/\s+/g, '');
  const known = LABELS.find((one) => one.replaceAll(' ', '') === squeezed);
  const label = known ?? givenLabel.trim().replaceAll(/\s+/g, ' ');
  const content = block.replaceAll(EDGES, '');
  const [header = '', cipher] = ENCRYPTION.exec(content) ?? [];
  const base64 =
    content
      .slice(header.length)
      .replaceAll(NOISE, '')
      .match(/.{1,64}/g) ?? [];
  const headers = cipher ? ['Proc-Type: 4,ENCRYPTED', `DEK-Info: ${cipher.replaceAll(/\s/g, '')}`, ''] : [];
  return { label, pem: [`-----BEGIN ${label}-----`, ...headers, ...base64, `-----END ${label}-----`, ''].join('\n') };
}
