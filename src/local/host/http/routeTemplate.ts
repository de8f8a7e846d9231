/** A route such as `upload-sessions/{sessionId}/{view?}`. */
export interface RouteTemplate {
  /**
   * @param segments - of the path, percent-decoded
   * @returns the values of the parameters, without absent ones; `undefined` if the path does not match
   */
  match(segments: string[]): Record<string, string> | undefined;
}

type Segment = { literal: string } | { parameter: string; optional: boolean };

/**
 * Reads a route of literals and whole-segment parameters, the last of which can be optional. ASP.NET Core supports more (constraints,
 * defaults, catch-alls, parts of a segment). This host rejects those instead of treating them differently.
 *
 * @throws Error that names the segment that is malformed or not supported
 */
export function parseRouteTemplate(template: string): RouteTemplate {
  const segments = template
    .replace(/^\/+|\/+$/g, '')
    .split('/')
    .filter((segment) => segment !== '')
    .map(parseSegment);
  return {
    match(path) {
      if (path.length > segments.length) return undefined;
      const values: Record<string, string> = {};
      for (const [n, segment] of segments.entries()) {
        const value = path[n];
        if ('literal' in segment) {
          if (value?.toLowerCase() !== segment.literal) return undefined;
        } else if (value) values[segment.parameter] = value;
        else if (value === '' || !segment.optional) return undefined;
      }
      return values;
    },
  };
}

function parseSegment(text: string, n: number, { length }: { length: number }): Segment {
  if (!/[{}]/.test(text)) return { literal: text.toLowerCase() };
  const [, parameter, mark] = /^\{(\w+)(\??)\}$/.exec(text) ?? [];
  if (parameter === undefined || (mark === '?' && n < length - 1)) {
    throw new Error(
      `The route segment '${text}' is not supported by the local functions host, which supports {name} and, at the end, {name?}.`,
    );
  }
  return { parameter, optional: mark === '?' };
}
