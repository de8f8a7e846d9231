import { describe, expect, it } from '@jest/globals';
import { newSessionId, parseSessionId } from '../../../src/cleanup/model/sessionId.ts';

const ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';

describe('a session id', () => {
  it('is a GUID in lower or upper case, and lower case once it is read', () => {
    expect(parseSessionId(ID)).toEqual({ id: ID });
    expect(parseSessionId(ID.toUpperCase())).toEqual({ id: ID });
  });

  it.each([
    ['', 'GUID'],
    ['x', 'GUID'],
    [`{${ID}}`, 'GUID'],
    [ID.replaceAll('-', ''), 'GUID'],
    [`${ID}/..`, 'GUID'],
    [`${ID}\n`, 'GUID'],
    [ID.replace('f', 'g'), 'GUID'],
    ['00000000-0000-0000-0000-000000000000', 'all-zero'],
  ])('is not %j', (text, why) => {
    expect(parseSessionId(text)).toEqual({ error: expect.stringContaining(why) });
  });

  it('is another one each time that a new one is made', () => {
    const [one, other] = [newSessionId(), newSessionId()];

    expect(one).not.toBe(other);
    expect(parseSessionId(one)).toEqual({ id: one });
  });
});
