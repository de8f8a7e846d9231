import type { CredentialsKind } from './credentialsKind.ts';

/** The TLS alerts by which a server refuses a client because of its certificate, or because it has none. */
const CERTIFICATE_ALERTS =
  /^(?:certificate required|bad certificate|certificate unknown|certificate expired|certificate revoked|unsupported certificate|unknown ca|access denied)$/;

/** Matches an alert in a message of OpenSSL, or in the code that Node makes of it. */
const ALERT = /(?:^|[^a-z])alert[ _]([a-z]+(?:[ _][a-z]+)*)/i;

/** The TLS alert that the server ended the connection with, such as `certificate required`. */
export function alertOf({ code = '', message }: NodeJS.ErrnoException): string | undefined {
  if (!code.startsWith('ERR_SSL_') && code !== 'EPROTO') return undefined;
  const [, alert] = ALERT.exec(code) ?? ALERT.exec(message) ?? [];
  return alert?.toLowerCase().replaceAll('_', ' ');
}

/** Over TLS 1.2, a server that requires a certificate only reports that the handshake failed. */
export function refusesCertificate(alert: string, credentials: CredentialsKind): boolean {
  return CERTIFICATE_ALERTS.test(alert) || (alert === 'handshake failure' && credentials !== 'certificate');
}

/** The message for a refusal because of the client certificate. */
export function refusal(alert: string, host: string, credentials: CredentialsKind): string {
  switch (credentials) {
    case 'certificate':
      return `The gateway ${host} refuses the client certificate (TLS alert "${alert}").`;
    case 'entra':
      return (
        `The gateway ${host} refuses a TLS connection without a client certificate (alert "${alert}"): this port accepts ` +
        'certificates only. Clusters with TLS 1.3 have another port for tokens (httpGatewayTokenAuthEndpointPort).'
      );
    case 'none':
      return `The gateway ${host} refuses a TLS connection without a client certificate (alert "${alert}"): it requires one.`;
  }
}
