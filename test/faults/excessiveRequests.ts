import type { PhaseFacts, RoundFacts } from './facts.ts';

/** A GET and a DELETE. */
const OPERATIONS = 2;
/** Tries within one cleanup. */
const TRIES = 3;

/** Finds sessions with more requests than the tries of their cleanups, and outages with more than the tries of the probes. */
export function excessiveRequests({ sessions, phases }: RoundFacts): string[] {
  return phases.flatMap((phase, index) => {
    const name = `phase ${index + 1} (${phase.kind}: ${phase.faults.join(', ')})`;
    const wrong = sessions.flatMap(({ id, rowKeys }) => {
      const cleanups = phase.sweeps * rowKeys.length + callsOf(phase, id);
      const allowed = cleanups * OPERATIONS * TRIES * sendsPerTry(phase);
      const asked = phase.requests.filter(({ sessionId }) => sessionId === id).length;
      if (asked <= allowed) return [];
      return [`${id} was requested ${asked} times in ${name}; allowed: ${allowed}: ${describe(phase)}.`];
    });
    return [...wrong, ...requestsInOutage(phase, name)];
  });
}

/** In an outage no call succeeds: the probe of each sweep must detect it, and no session is requested. */
function requestsInOutage(phase: PhaseFacts, name: string): string[] {
  if (phase.kind !== 'outage') return [];
  const allowed = phase.sweeps * TRIES * sendsPerTry(phase);
  const asked = phase.requests.length;
  if (asked <= allowed) return [];
  return [`The cluster received ${asked} requests in ${name}; allowed: ${allowed}: ${describe(phase)}.`];
}

/** A client may send a request to each gateway, and again on a new connection if a kept one was closed. */
const sendsPerTry = ({ breaksConnections, gateways }: PhaseFacts): number => (breaksConnections ? 2 : 1) * gateways;

const callsOf = ({ calls }: PhaseFacts, id: string): number => calls.filter(({ sessionId }) => sessionId === id).length;

const describe = ({ sweeps, calls }: PhaseFacts): string => `${sweeps} sweeps, ${calls.length} HTTP calls`;
