/** The functions other than routes. */
export const TIMERS = ['purgeOutcomes', 'sweepStaleSessions'];
export const QUEUES = ['sweepPartition', 'reportPoisonedSweep'];
