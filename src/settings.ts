import ms, { type StringValue } from 'ms';
import { z } from 'zod';

/** All app settings, parsed and checked; past this file a duration is a number with its unit in its name. */
export interface Settings {
  cluster: {
    name: string;
    endpoints: URL[];
    id: string | undefined;
    /** The server's timeout for one operation. */
    timeoutSeconds: number;
  };
  storage: {
    connectionString: string;
    tables: { sessions: string; outcomes: string; runs: string };
    shards: 1 | 16 | 256;
  };
  sweep: {
    staleAfterMs: number;
    concurrency: number;
    limit: number;
    timeBudgetMs: number;
    verifyActivity: boolean;
    maxAttempts: number;
    maxClockSkewMs: number;
  };
}

/** One or more app settings are wrong. The message names each with what it holds wrong and what is right. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly faults: string[];

  constructor(faults: string[]) {
    super(`The app settings are wrong: ${faults.map((fault, n) => `(${n + 1}) ${fault}`).join(' ')}`);
    this.faults = faults;
  }
}

type AppSettings = Record<string, string | undefined>;

/**
 * The image store forgets a session by itself this long after its last chunk. [FileStoreService/UploadSessionTimeout]
 */
const STORE_EXPIRY_MS = 30 * 60_000;

/** What the timer's schedule is where the app setting is missing: an unresolved `%name%` would leave no timer at all. */
const DEFAULT_SCHEDULE = '0 */5 * * * *';

const CONNECTION_NAME = /^[A-Za-z_][\w.-]*$/;

const text = z.string().trim();

/** A duration such as `30s`, `15m`, `2h` or `7d`, in milliseconds. */
const duration = (least: StringValue, most: StringValue, example: string) =>
  text.transform((value, context) => {
    const parsed = /^\d+(\.\d+)?\s*(s|m|h|d)$/.test(value) ? ms(value as StringValue) : Number.NaN;
    if (parsed >= ms(least) && parsed <= ms(most)) return parsed;
    context.addIssue({
      code: 'custom',
      message: `is ${shown(value)}, but must be a duration from ${least} to ${most}, such as ${example}`,
    });
    return z.NEVER;
  });

const wholeNumber = (least: number, most: number, example: string) =>
  text.transform((value, context) => {
    const parsed = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (parsed >= least && parsed <= most) return parsed;
    context.addIssue({
      code: 'custom',
      message: `is ${shown(value)}, but must be a whole number from ${least} to ${most}, such as ${example}`,
    });
    return z.NEVER;
  });

const yesOrNo = text.transform((value, context) => {
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  context.addIssue({ code: 'custom', message: `is ${shown(value)}, but must be true or false` });
  return z.NEVER;
});

const matching = (pattern: RegExp, rule: string) =>
  text.refine((value) => pattern.test(value), { error: (issue) => `is ${shown(issue.input)}, but ${rule}` });

const endpoints = text.transform((value, context) => {
  const parsed = value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => readEndpoint(part));
  const faults = parsed.filter((one) => typeof one === 'string');
  if (parsed.length === 0) faults.push('is empty, but must name the HTTP gateway, such as http://localhost:19080');
  for (const message of faults) context.addIssue({ code: 'custom', message });
  return faults.length > 0 ? z.NEVER : parsed.filter((one) => typeof one !== 'string');
});

const tableName = matching(
  /^[A-Za-z][A-Za-z0-9]{2,62}$/,
  'must be a table name of 3 to 63 letters and digits that begins with a letter, such as UploadSessions',
);

const schema = z.object({
  CLUSTER_NAME: matching(
    /^[^/\\#?\p{Cc}]{1,200}$/u,
    'must be a name without / \\ # ? and control characters (it is a partition key), such as build-farm',
  ).prefault('default'),
  CLUSTER_ENDPOINTS: endpoints,
  CLUSTER_AUTH: matching(/^none$/, 'must be none').prefault('none'),
  CLUSTER_ID: text.optional(),
  /** Seconds the cluster may take for one operation (REST API 6.0: 1 to 4294967295, default 60). */
  CLUSTER_TIMEOUT: wholeNumber(1, 4_294_967_295, '60').prefault('60'),
  // What it holds is not shown: a connection string pasted here by mistake is a secret.
  SESSION_STORAGE: text
    .regex(CONNECTION_NAME, {
      error: 'must be the name of an app setting that holds a connection string, such as AzureWebJobsStorage',
    })
    .prefault('AzureWebJobsStorage'),
  SESSION_TABLE: tableName.prefault('UploadSessions'),
  OUTCOME_TABLE: tableName.prefault('UploadSessionOutcomes'),
  RUN_TABLE: tableName.prefault('SweepRuns'),
  SESSION_SHARDS: matching(/^(1|16|256)$/, 'must be 1, 16 or 256')
    .transform((value) => Number(value) as 1 | 16 | 256)
    .prefault('1'),
  SWEEP_SCHEDULE: matching(
    /^([\d*/,A-Za-z-]+\s+){4,5}[\d*/,A-Za-z-]+$/,
    `must be an NCRONTAB expression of six fields, seconds first, such as ${DEFAULT_SCHEDULE}`,
  ).prefault(DEFAULT_SCHEDULE),
  STALE_AFTER: duration('1m', '30d', '15m').prefault('15m'),
  SWEEP_CONCURRENCY: wholeNumber(1, 1000, '32').prefault('32'),
  SWEEP_LIMIT: wholeNumber(0, 1_000_000_000, '0 (no limit)').prefault('0'),
  SWEEP_TIME_BUDGET: duration('1s', '24h', '4m').prefault('4m'),
  VERIFY_ACTIVITY: yesOrNo.prefault('true'),
  MAX_ATTEMPTS: wholeNumber(1, 1000, '8').prefault('8'),
  MAX_CLOCK_SKEW: duration('1s', '1h', '5m').prefault('5m'),
});

/**
 * Reads and checks all app settings. An empty one counts as missing, as an emptied field in the portal is meant.
 *
 * @throws {SettingsError} with all faults at once
 */
export function readSettings(appSettings: AppSettings = process.env): Settings {
  const given = Object.fromEntries(
    Object.keys(schema.shape).map((name) => [name, appSettings[name]?.trim() === '' ? undefined : appSettings[name]]),
  );
  const parsed = schema.safeParse(given);
  const faults = parsed.success ? [] : parsed.error.issues.map(describe);
  const connectionName = given['SESSION_STORAGE']?.trim() ?? 'AzureWebJobsStorage';
  const connectionString = findConnection(appSettings, connectionName);
  if ('fault' in connectionString && connectionString.fault) faults.push(connectionString.fault);
  if (!parsed.success || !('value' in connectionString)) throw new SettingsError(faults);

  const { data } = parsed;
  return {
    cluster: {
      name: data.CLUSTER_NAME,
      endpoints: data.CLUSTER_ENDPOINTS,
      id: data.CLUSTER_ID,
      timeoutSeconds: data.CLUSTER_TIMEOUT,
    },
    storage: {
      connectionString: connectionString.value,
      tables: { sessions: data.SESSION_TABLE, outcomes: data.OUTCOME_TABLE, runs: data.RUN_TABLE },
      shards: data.SESSION_SHARDS,
    },
    sweep: {
      staleAfterMs: data.STALE_AFTER,
      concurrency: data.SWEEP_CONCURRENCY,
      limit: data.SWEEP_LIMIT,
      timeBudgetMs: data.SWEEP_TIME_BUDGET,
      verifyActivity: data.VERIFY_ACTIVITY,
      maxAttempts: data.MAX_ATTEMPTS,
      maxClockSkewMs: data.MAX_CLOCK_SKEW,
    },
  };
}

/** What is allowed but deserves a word at start. */
export function settingsWarnings({ sweep }: Settings): string[] {
  const warnings: string[] = [];
  if (sweep.staleAfterMs >= STORE_EXPIRY_MS) {
    warnings.push(
      'STALE_AFTER is 30 minutes or more. The image store drops a session by itself 30 minutes after its last chunk, so ' +
        'most outcomes will be notFound. Set it to 15m to free the disks earlier.',
    );
  }
  if (!sweep.verifyActivity) {
    warnings.push(
      'VERIFY_ACTIVITY is false: the cluster is not asked whether a session is alive before it is deleted. An upload that ' +
        'does not keep its lastActivity up to date will be cancelled.',
    );
  }
  return warnings;
}

/** The schedule for the timer's registration: the app setting, or the default where it is missing or empty. */
export function sweepSchedule(appSettings: AppSettings = process.env): string {
  return appSettings['SWEEP_SCHEDULE']?.trim() ? '%SWEEP_SCHEDULE%' : DEFAULT_SCHEDULE;
}

/** Looks a connection up as Functions does: `AzureWebJobsX` first, then `X`. Its value is never shown. */
function findConnection(appSettings: AppSettings, name: string): { value: string } | { fault?: string } {
  if (!CONNECTION_NAME.test(name)) return {};
  const own = (key: string) => (Object.hasOwn(appSettings, key) ? appSettings[key]?.trim() : undefined);
  const value = own(`AzureWebJobs${name}`) || own(name);
  const example =
    'a connection string such as UseDevelopmentStorage=true or DefaultEndpointsProtocol=https;AccountName=…';
  if (!value) return { fault: `${name} is missing, but must hold ${example}.` };
  const known = /(^|;)\s*(UseDevelopmentStorage=true|AccountName=|TableEndpoint=)/i.test(value);
  return known ? { value } : { fault: `${name} holds something that is not ${example}.` };
}

function readEndpoint(part: string): URL | string {
  const example = 'such as http://localhost:19080';
  // A password in a URL is a secret: it is refused without being shown.
  if (part.includes('@')) return `holds a URL with a user name or password; leave them out, ${example}`;
  if (!URL.canParse(part)) return `holds ${shown(part)}, which is no URL; write scheme, host and port, ${example}`;
  const url = new URL(part);
  if (url.protocol !== 'http:') return `holds ${shown(part)}, but its scheme must be http, ${example}`;
  if (url.pathname !== '/' || url.search || url.hash) {
    return `holds ${shown(part)}, but must name scheme, host and port only, ${example}`;
  }
  // WHATWG URLs drop a default port, so the text itself is asked.
  if (!/:\d+\/?$/.test(part))
    return `holds ${shown(part)} without a port; the HTTP gateway's is 19080 as a rule, ${example}`;
  return url;
}

function describe({ path, message, code }: z.core.$ZodIssue): string {
  const name = String(path[0]);
  if (code !== 'invalid_type') return `${name} ${message}.`;
  return `${name} is missing, but must name the HTTP gateway, such as http://localhost:19080.`;
}

/** A setting's value as it may be shown: short, and only of settings that hold no secret. */
function shown(value: unknown): string {
  return JSON.stringify(String(value).slice(0, 80));
}
