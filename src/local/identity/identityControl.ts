import { controlClient } from '../controlClient.ts';
import type { BehaviourChange, IdentityStatus } from './controlContract.ts';

/** Controls an identity endpoint from the same or another process. Every method throws if the request is rejected. */
export class IdentityControl {
  readonly #call: ReturnType<typeof controlClient>;

  /** @param endpoint - of the control listener, such as `http://127.0.0.1:12345` */
  constructor(endpoint: string) {
    this.#call = controlClient('identity endpoint', endpoint);
  }

  async status(): Promise<IdentityStatus> {
    return (await this.#call('GET', '/status')) as IdentityStatus;
  }

  /** Changes some members of the behaviour. */
  async behave(change: BehaviourChange): Promise<void> {
    await this.#call('PUT', '/behaviour', change);
  }

  /** Resets the behaviour, the counts and the kept tokens. */
  async reset(): Promise<void> {
    await this.#call('POST', '/reset');
  }
}
