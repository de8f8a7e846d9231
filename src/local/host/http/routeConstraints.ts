type Check = (value: string) => boolean;

const GUID = /^(?:[0-9a-f]{32}|([{(]?)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}([)}]?))$/i;

/** ASP.NET's inline route constraints, by name. Each takes the text between its parentheses. */
const CONSTRAINTS: Record<string, (argument: string) => Check> = {
  int: () => (value) => isInteger(value, -(2n ** 31n), 2n ** 31n - 1n),
  long: () => (value) => isInteger(value, -(2n ** 63n), 2n ** 63n - 1n),
  min: (argument) => (value) => isInteger(value, BigInt(argument), 2n ** 63n - 1n),
  max: (argument) => (value) => isInteger(value, -(2n ** 63n), BigInt(argument)),
  range: (argument) => {
    const [low = '', high = ''] = argument.split(',');
    return (value) => isInteger(value, BigInt(low.trim()), BigInt(high.trim()));
  },
  bool: () => (value) => /^\s*(true|false)\s*$/i.test(value),
  alpha: () => (value) => /^[a-z]*$/i.test(value),
  guid: () => isGuid,
  decimal: () => isNumber,
  double: () => isNumber,
  float: () => isNumber,
  datetime: () => (value) => !Number.isNaN(Date.parse(value)),
  minlength: (argument) => (value) => value.length >= Number(argument),
  maxlength: (argument) => (value) => value.length <= Number(argument),
  length: (argument) => {
    const [low = '', high = low] = argument.split(',');
    return (value) => value.length >= Number(low) && value.length <= Number(high);
  },
  regex: (argument) => {
    const pattern = new RegExp(argument, 'i');
    return (value) => pattern.test(value);
  },
  required: () => (value) => value !== '',
};

/** @throws Error in ASP.NET's words when there is no such constraint */
export function findConstraint(kind: string, argument: string | undefined): Check {
  const constraint = CONSTRAINTS[kind.toLowerCase()];
  if (!constraint) throw new Error(`The constraint reference '${kind}' could not be resolved to a type.`);
  return constraint(argument ?? '');
}

/** Guid.TryParse: with or without hyphens; braces or parentheses only around the form with hyphens, and in pairs. */
function isGuid(value: string): boolean {
  const match = GUID.exec(value.trim());
  return match !== null && ['', '{}', '()'].includes(`${match[1] ?? ''}${match[2] ?? ''}`);
}

function isInteger(value: string, low: bigint, high: bigint): boolean {
  if (!/^\s*[+-]?\d+\s*$/.test(value)) return false;
  const number = BigInt(value.trim().replace(/^\+/, ''));
  return number >= low && number <= high;
}

function isNumber(value: string): boolean {
  return /^\s*[+-]?(\d+(,\d+)*(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(value);
}
