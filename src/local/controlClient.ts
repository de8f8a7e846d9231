/**
 * Makes a client for the control listener of a part that runs on this machine.
 *
 * @param part - its name, for errors
 * @param endpoint - of the control listener, such as `http://127.0.0.1:12345`
 * @returns a function that throws if the listener rejects the request, with its reason, or can't be reached
 */
export function controlClient(part: string, endpoint: string) {
  return async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${endpoint}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (response.ok) return answer;
    throw new Error(`The ${part} rejected ${method} ${path}: ${(answer as { error: string }).error}`);
  };
}
