import { odata, type TableClient } from '@azure/data-tables';
import { storageDateOf } from './rows.ts';
import { isStorageError } from './table.ts';

/** The result of checking a table. */
export interface TableChecked {
  /** A missing table is created at its first use. */
  exists: boolean;
  /** The storage service's clock, to the second: the answer's `Date` header. `undefined` if it had none. */
  storageDate: Date | undefined;
}

/** Checks whether the tables can be reached and read. */
export interface TableCheck {
  /** @throws {RestError} if the storage service refuses or does not answer */
  checkTable(table: 'sessions' | 'outcomes' | 'runs', signal: AbortSignal): Promise<TableChecked>;
}

export function tableCheck(tables: Record<'sessions' | 'outcomes' | 'runs', TableClient>): TableCheck {
  return {
    async checkTable(name, abortSignal) {
      let storageDate: Date | undefined;
      const nothing = odata`PartitionKey eq ${'-'} and RowKey eq ${'-'}`;
      const rows = tables[name].listEntities({
        queryOptions: { filter: nothing },
        abortSignal,
        onResponse: ({ headers }) => {
          storageDate = storageDateOf(headers);
        },
      });
      try {
        await rows.next();
        return { exists: true, storageDate };
      } catch (error) {
        if (isStorageError(error, 'TableNotFound')) return { exists: false, storageDate };
        throw error;
      }
    },
  };
}
