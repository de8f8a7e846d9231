import { findConstraint } from './routeConstraints.ts';

/** A route of ASP.NET Core: `upload-sessions/{sessionId:guid}/{view?}`. */
export interface RouteTemplate {
  /**
   * @param segments - of the path, percent-decoded
   * @returns the parameters' values, absent ones left out; undefined when the path is another's
   */
  match(segments: string[]): Record<string, string> | undefined;
}

type Part = { literal: string } | Parameter;
interface Parameter {
  parameter: string;
  optional: boolean;
  catchAll: boolean;
  defaultValue: string | undefined;
  fits: (value: string) => boolean;
}

/** @throws Error that says what is wrong with the template */
export function parseRouteTemplate(template: string): RouteTemplate {
  const segments = splitSegments(template.replace(/^\/+|\/+$/g, '')).map(parseSegment);
  return {
    match(path) {
      const values: Record<string, string> = {};
      let at = 0;
      for (const parts of segments) {
        const [first] = parts;
        if (first && 'parameter' in first && first.catchAll) {
          const rest = path.slice(at).join('/') || first.defaultValue;
          if (rest !== undefined && !take(first, rest, values)) return undefined;
          return values;
        }
        const segment = path[at++];
        if (segment === undefined || segment === '') {
          if (parts.length !== 1 || !first || !('parameter' in first)) return undefined;
          if (segment !== undefined || (!first.optional && first.defaultValue === undefined)) return undefined;
          if (first.defaultValue !== undefined) values[first.parameter] = first.defaultValue;
        } else if (!matchSegment(parts, segment, values)) return undefined;
      }
      return at >= path.length ? values : undefined;
    },
  };
}

function matchSegment(parts: Part[], segment: string, values: Record<string, string>): boolean {
  const [first] = parts;
  if (parts.length === 1 && first) {
    if ('parameter' in first) return take(first, segment, values);
    return first.literal.toLowerCase() === segment.toLowerCase();
  }
  // Several parts in one segment, such as {name}.{extension}: the first ones take as much as they can, as in ASP.NET.
  const pattern = parts.map((part) => ('parameter' in part ? '(.+)' : escapeForPattern(part.literal))).join('');
  const found = new RegExp(`^${pattern}$`, 'is').exec(segment);
  if (!found) return false;
  const parameters = parts.filter((part) => 'parameter' in part);
  return parameters.every((parameter, index) => take(parameter, found[index + 1] ?? '', values));
}

function take(parameter: Parameter, value: string, values: Record<string, string>): boolean {
  values[parameter.parameter] = value;
  return parameter.fits(value);
}

function escapeForPattern(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** At the slashes outside of braces: a regex constraint may hold some. */
function splitSegments(template: string): string[] {
  const segments = [''];
  let depth = 0;
  for (const character of template) {
    if (character === '{') depth++;
    else if (character === '}') depth--;
    if (character === '/' && depth === 0) segments.push('');
    else segments[segments.length - 1] += character;
  }
  return template === '' ? [] : segments;
}

/** `{{` and `}}` are braces that are meant. */
function parseSegment(segment: string): Part[] {
  const parts: Part[] = [];
  for (const [text, inner] of segment.matchAll(/\{((?:[^{}]|\{\{|\}\})+)\}(?!\})|(?:[^{}]|\{\{|\}\})+|[{}]/g)) {
    if (text === '{' || text === '}') throw new Error(`The route segment '${segment}' is malformed.`);
    const plain = (inner ?? text).replaceAll('{{', '{').replaceAll('}}', '}');
    parts.push(inner === undefined ? { literal: plain } : parseParameter(plain));
  }
  return parts;
}

function parseParameter(text: string): Parameter {
  const [, stars = '', name = '', rest = ''] = /^(\**)([^:=?]*)(.*)$/s.exec(text) ?? [];
  if (name === '') throw new Error(`The route parameter '{${text}}' has no name.`);
  const optional = rest.endsWith('?');
  const [, constraints = '', , defaultValue] = /^((?::[^:=(]+(?:\(.*?\)(?=[:=]|$))?)*)(=(.*))?$/s.exec(
    optional ? rest.slice(0, -1) : rest,
  ) ?? [undefined, undefined];
  if (constraints === undefined) throw new Error(`The route parameter '{${text}}' is malformed.`);
  const checks = [...constraints.matchAll(/:([^:=(]+)(?:\((.*?)\)(?=[:=]|$))?/gs)].map(([, kind = '', argument]) =>
    findConstraint(kind.trim(), argument),
  );
  return {
    parameter: name,
    optional,
    catchAll: stars !== '',
    defaultValue,
    fits: (value) => checks.every((check) => check(value)),
  };
}
