export const CREDENTIALS_KINDS = ['none', 'certificate', 'entra'] as const;

/** How the app authenticates its requests to the cluster. */
export type CredentialsKind = (typeof CREDENTIALS_KINDS)[number];
