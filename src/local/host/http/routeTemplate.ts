/** A route such as `upload-sessions/{sessionId}/log`. */
export interface RouteTemplate {
  /**
   * @param segments - of the path, percent-decoded
   * @returns the values of the parameters; `undefined` if the path does not match
   */
  match(segments: string[]): Record<string, string> | undefined;
}

type Segment = { literal: string } | { parameter: string };

/**
 * Reads a route of literals and whole-segment parameters. ASP.NET Core supports more (optional parameters, constraints, defaults,
 * catch-alls, parts of a segment). This host rejects those instead of treating them differently.
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
      if (path.length !== segments.length) return undefined;
      const values: Record<string, string> = {};
      for (const [n, segment] of segments.entries()) {
        const value = path[n] ?? '';
        if ('literal' in segment) {
          if (value.toLowerCase() !== segment.literal) return undefined;
        } else if (value === '') return undefined;
        else values[segment.parameter] = value;
      }
      return values;
    },
  };
}

function parseSegment(text: string): Segment {
  if (!/[{}]/.test(text)) return { literal: text.toLowerCase() };
  const parameter = /^\{(\w+)\}$/.exec(text)?.[1];
  if (parameter !== undefined) return { parameter };
  throw new Error(
    `The route segment '${text}' is not supported by the local functions host, which supports only {name}.`,
  );
}
