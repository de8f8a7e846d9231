import './functions/lifecycle.ts';
import './functions/deleteUploadSession.ts';
import './functions/purgeOutcomes.ts';
import './functions/sweepStaleSessions.ts';
