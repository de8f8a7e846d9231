import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Html, html, trusted, type Value } from '../../../src/functions/dashboard/html.ts';
import { data } from '../../../src/functions/dashboard/text.ts';

const HOSTILE = `<script>alert(1)</script>"><img src=x onerror='alert(2)'>&amp;`;

describe('the template of markup', () => {
  it('makes text of all that is put in, in an element and in an attribute', () => {
    const made = String(html`<p title="${HOSTILE}">${HOSTILE}</p>`);

    expect(made.match(/[<>]/g)?.join('')).toBe('<><>');
    expect(made.match(/"/g)).toHaveLength(2);
    expect(made).toContain('&lt;script&gt;');
    expect(made).toContain('&amp;amp;');
  });

  it('takes markup of its own as it is, alone and in lists, and shows nothing of what is not there', () => {
    const list: Value = ['<', html`<b>${'&'}</b>`, 1, [html`<i></i>`]];

    expect(String(html`${list}${undefined}${null}${false}${0}`)).toBe('&lt;<b>&amp;</b>1<i></i>0');
  });

  it('is not deceived by an object that calls itself markup', () => {
    const fake = { toString: () => '<b>' } as unknown as Html;

    expect(String(html`${fake}`)).toBe('&lt;b&gt;');
  });

  it('lets no text out of its element, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        expect(String(html`<p title="${text}">${data(text)}</p>`)).toMatch(
          /^<p title="[^"<>]*"><(bdi|span) class="\w+">[^<>"]*<\/\1><\/p>$/,
        );
      }),
    );
  });

  it('trusts no text that would end the element around it', () => {
    expect(() => trusted('a</style><script>')).toThrow(RangeError);
    expect(() => trusted('<!-- ')).toThrow(RangeError);
    expect(String(trusted('a < b && c > d'))).toBe('a < b && c > d');
  });
});
