import { odata, type TableClient } from '@azure/data-tables';
import { storageDateOf } from './rows.ts';
import { isStorageError } from './table.ts';

/** What asking a table showed. */
export interface TableChecked {
  /** A table that is missing is made when it is first used. */
  exists: boolean;
  /** The answer's `Date` header: the storage service's clock, to the second. None: the answer had none. */
  storageDate: Date | undefined;
}

/** Finds out whether the tables can be reached and read. */
export interface TableCheck {
  /** @throws {RestError} when the storage service refuses or does not answer */
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
