import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { ofType, readSnapshot, WAYS_IN } from '../infra/snapshot.ts';
import { pageText } from './codeBlocks.ts';

/** The parts of the Kusto language service that are used here. */
interface Kusto {
  KustoCode: {
    ParseAndAnalyze(
      query: string,
      globals: object,
    ): { GetDiagnostics(): { Count: number; getItem(n: number): Diagnostic } };
  };
  GlobalState: { Default: { WithDatabase(database: object): object } };
  Symbols: {
    TableSymbol: { From(schema: string): { WithName(name: string): object } };
    DatabaseSymbol: { $ctor1: new (name: string, tables: object[]) => object };
  };
}
interface Diagnostic {
  Message: string;
}

/** The columns of Application Insights' tables that queries may use. */
const TABLES: Record<string, string> = {
  customMetrics:
    'timestamp: datetime, name: string, valueCount: int, valueSum: real, valueMin: real, valueMax: real, customDimensions: dynamic',
  dependencies:
    'timestamp: datetime, name: string, target: string, success: string, resultCode: string, duration: real, operation_Id: string, customDimensions: dynamic',
  requests: 'timestamp: datetime, operation_Id: string, operation_Name: string',
};

/** The package is made for browsers: its scripts define a global variable. */
function loadKusto(): Kusto {
  const { resolve } = createRequire(import.meta.url);
  const context = createContext({ console });
  for (const file of ['bridge.min.js', 'Kusto.Language.Bridge.min.js'])
    runInContext(readFileSync(resolve(`@kusto/language-service-next/${file}`), 'utf8'), context);
  return (context as { Kusto: { Language: Kusto } }).Kusto.Language;
}

const { KustoCode, GlobalState, Symbols } = loadKusto();
const tables = Object.entries(TABLES).map(([name, columns]) => Symbols.TableSymbol.From(`(${columns})`).WithName(name));
const globals = GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.$ctor1('component', tables));

function errorsIn(query: string): string[] {
  const diagnostics = KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
  return Array.from({ length: diagnostics.Count }, (_, n) => diagnostics.getItem(n).Message);
}

const DOCUMENTED = [...pageText('docs/monitoring.md').matchAll(/^```kusto\n(.*?)^```$/gms)].map(
  ([, query = '']) => query,
);
const ALERTS = WAYS_IN.flatMap((wayIn) =>
  ofType(readSnapshot(wayIn), 'Microsoft.Insights/scheduledQueryRules').map(({ properties }) => {
    const { criteria } = properties as unknown as { criteria: { allOf: { query: string }[] } };
    return criteria.allOf[0]?.query ?? '';
  }),
);

describe('queries in the language of Kusto', () => {
  it('are correct in docs/monitoring.md and in the alerts', () => {
    for (const query of new Set([...DOCUMENTED, ...ALERTS])) expect([query, errorsIn(query)]).toEqual([query, []]);
  });

  it('are found, and so are errors in them', () => {
    expect(DOCUMENTED.length).toBeGreaterThan(3);
    expect(ALERTS.length).toBe(12);
    expect(errorsIn('customMetrics | where nam == "x" | summarize last = max(timestamp)')).toHaveLength(2);
  });
});
