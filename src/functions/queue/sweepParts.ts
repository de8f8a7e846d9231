import { output } from '@azure/functions';
import { sweepQueue } from '../../settings/registrationSettings.ts';

/** The timer's output binding to the queue with the parts of a fanned-out sweep. */
export const sweepParts = output.storageQueue({ queueName: sweepQueue(), connection: 'AzureWebJobsStorage' });
