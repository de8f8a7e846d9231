import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..', '..');
const DOCUMENTS = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT, exclude: ['docs/samples/**/node_modules/**'] });

/** Removes what only looks like a link or a heading. */
const proseOf = (markdown: string): string =>
  markdown.replace(/^ *```.*?^ *```/gms, '').replace(/`[^`\n]*`/g, (code) => code.replaceAll('](', '] ('));

/** The anchors of a document's headings, in GitHub's form. */
function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of proseOf(markdown).matchAll(/^#{1,6} +(.+)$/gm)) {
    const base = heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    let anchor = base;
    for (let n = 1; anchors.has(anchor); n += 1) anchor = `${base}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The relative links and pictures of a document. */
function linksOf(markdown: string): string[] {
  const prose = proseOf(markdown);
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(/\b(?:src|href)="([^"]+)"/g)];
  return links.map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target));
}

/** @returns what is wrong with a link; `undefined` if it is valid */
function problemOf(document: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(ROOT, document) : resolve(ROOT, dirname(document), path);
  if (!existsSync(target)) return `${document}: ${link} does not exist`;
  if (anchor === undefined) return undefined;
  if (!statSync(target).isFile() || !anchorsOf(readFileSync(target, 'utf8')).has(anchor)) {
    return `${document}: ${link} has no such heading`;
  }
  return undefined;
}

describe('links in the documents', () => {
  it.each(DOCUMENTS)('resolve in %s', (document) => {
    const links = linksOf(readFileSync(join(ROOT, document), 'utf8'));

    const broken = links.flatMap((link) => problemOf(document, link) ?? []);

    expect(broken).toEqual([]);
  });

  it('are found', () => {
    const links = linksOf(readFileSync(join(ROOT, 'README.md'), 'utf8'));

    expect(links).toContain('docs/settings.md#secured-clusters');
    expect(links).toContain('.github/images/page-light.png');
  });

  it('are reported if their file or heading is missing', () => {
    expect(problemOf('README.md', 'docs/no-such-page.md')).toBeDefined();
    expect(problemOf('README.md', 'docs/settings.md#no-such-heading')).toBeDefined();
    expect(problemOf('README.md', '#no-such-heading')).toBeDefined();
  });
});

describe('README.md', () => {
  it('has at most 150 lines', () => {
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(151);
  });
});
