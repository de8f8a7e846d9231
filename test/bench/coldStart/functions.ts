/** The functions beside the routes. */
export const TIMERS = ['purgeOutcomes', 'sweepStaleSessions'];
export const QUEUES = ['sweepPartition', 'reportPoisonedSweep'];
