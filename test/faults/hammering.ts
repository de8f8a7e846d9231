import type { PhaseFacts, RoundFacts } from './facts.ts';

/** A GET and a DELETE. */
const OPERATIONS = 2;
/** Tries within one cleanup. */
export const TRIES = 3;
/** Finds sessions, and in an outage clusters, with more requests than the configured attempts allow. */
export function accusationsOfHammering({ sessions, phases }: RoundFacts): string[] {
  return phases.flatMap((phase, index) => {
    const name = `phase ${index + 1} (${phase.kind}: ${phase.faults.join(', ')})`;
    const wrong = sessions.flatMap(({ id, rowKeys }) => {
      const cleanups = phase.sweeps * rowKeys.length + callsOf(phase, id);
      const allowed = cleanups * OPERATIONS * TRIES * sendings(phase);
      const asked = phase.requests.filter(({ sessionId }) => sessionId === id).length;
      if (asked <= allowed) return [];
      return [`${id} was asked for ${asked} times in ${name}, and ${allowed} are allowed: ${describe(phase)}.`];
    });
    return [...wrong, ...outageIgnored(phase, name)];
  });
}

/** In an outage nothing succeeds: the probe of each sweep must detect it, and there are no requests for sessions. */
function outageIgnored(phase: PhaseFacts, name: string): string[] {
  if (phase.kind !== 'outage') return [];
  const allowed = phase.sweeps * TRIES * sendings(phase);
  const asked = phase.requests.length;
  if (asked <= allowed) return [];
  return [`The cluster was asked ${asked} times in ${name}, and ${allowed} are allowed: ${describe(phase)}.`];
}

/** A client may send a request to each gateway, and again on another connection if a kept one was closed. */
const sendings = ({ breaksConnections, gateways }: PhaseFacts): number => (breaksConnections ? 2 : 1) * gateways;

const callsOf = ({ calls }: PhaseFacts, id: string): number => calls.filter(({ sessionId }) => sessionId === id).length;

const describe = ({ sweeps, calls }: PhaseFacts): string => `${sweeps} sweeps, ${calls.length} HTTP calls`;
