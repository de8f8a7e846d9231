import type { AppSettings } from '../../settings/localSettings.ts';
import { directLoopback } from '../directLoopback.ts';

/** The worker's environment: the app settings, and the variables that the real host and `func` add. */
export function workerEnvironment(settings: AppSettings, appDirectory: string, port: number): Record<string, string> {
  const proxies = Object.entries(directLoopback(settings));
  return {
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    ...settings,
    ...Object.fromEntries(proxies.map(([name, value]) => [name, value ?? ''])),
    AzureWebJobsScriptRoot: appDirectory,
    WEBSITE_HOSTNAME: `localhost:${port}`,
  };
}
