import { describe, expect, it } from '@jest/globals';
import { RowRefusedError } from '../../../src/cleanup/model/rowRefusedError.ts';

const FACTS = { partition: 'default', rowKey: 'a\u202eb', code: 'EntityTooLarge' };

describe('a row that the storage service refuses', () => {
  it('is the row of the session, or that of its outcome', () => {
    expect(new RowRefusedError({ ...FACTS, row: 'session' }).message).toMatch(
      /^The storage service refuses to write the row /,
    );
    expect(new RowRefusedError({ ...FACTS, row: 'outcome' }).message).toMatch(
      /^The storage service refuses to record the outcome of the row /,
    );
  });

  it('is named without characters that a reader does not see', () => {
    expect(new RowRefusedError({ ...FACTS, row: 'session' }).message).toContain('"a\\u202eb" in partition "default"');
  });
});
