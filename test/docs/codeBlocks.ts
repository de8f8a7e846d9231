import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..', '..');

/** The documents, relative to the root. */
export const PAGES = globSync(['*.md', 'docs/*.md'], { cwd: ROOT }).sort();

export const pageText = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** A block of commands in a document. */
export interface CodeBlock {
  page: string;
  /** Of its first command, counted from 1. */
  line: number;
  text: string;
}

/** The blocks for a shell of a document, without their indentation. */
export function shellBlocks(page: string): CodeBlock[] {
  const markdown = pageText(page);
  return [...markdown.matchAll(/^( *)```sh\n(.*?)^ *```$/gms)].map(({ index, 1: indent = '', 2: body = '' }) => ({
    page,
    line: markdown.slice(0, index).split('\n').length + 1,
    text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));
}

/** The inline code in a document. */
export function inlineCode(page: string): string[] {
  const prose = pageText(page).replaceAll(/^ *```.*?^ *```$/gms, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}
