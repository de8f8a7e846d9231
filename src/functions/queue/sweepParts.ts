import { output } from '@azure/functions';
import { sweepQueue } from '../../settings/registrationSettings.ts';

/** The queue of a fanned-out sweep's parts, as an output of the timer. */
export const sweepParts = output.storageQueue({ queueName: sweepQueue(), connection: 'AzureWebJobsStorage' });
