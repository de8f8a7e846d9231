import type { Severity } from '../cleanup/model/stopReason.ts';

/** How a check of one part ended. */
export type CheckStatus = 'ok' | 'warning' | 'failed' | 'skipped';

/** How page, command line and API show a status. `skipped` means unknown, because another part fails. */
export const CHECK_STATUSES: Record<CheckStatus, { label: string; severity: Severity }> = {
  ok: { label: 'OK', severity: 'ok' },
  warning: { label: 'Warning', severity: 'notice' },
  skipped: { label: 'Not checked', severity: 'notice' },
  failed: { label: 'Failed', severity: 'error' },
};
