import './functions/lifecycle.ts';
import './functions/deleteUploadSession.ts';
import './functions/sweepStaleSessions.ts';
